import Metrics
import RunModel

/// What a run has told in events, ordered by step; whatever lies up to a step is a prefix.
struct EventLog {
  private struct Key: Hashable {
    var arm: ArmID
    var seed: UInt64
  }

  private var evaluations: [Key: ChunkedArray<EvaluationRecord>] = [:]
  private var closings: [Key: EvaluationRecord] = [:]
  private var probes: [ProbeTrack: ChunkedArray<ProbeReading>] = [:]
  private(set) var journal: [JournalEntry] = []
  private(set) var newestEvaluation = 0

  /// Evaluations and readings of a track beyond which every second one is forgotten.
  private static let evaluationCapacity = 1 << 14
  private static let probeCapacity = 256

  mutating func enter(_ record: EvaluationRecord, of arm: ArmID) {
    let key = Key(arm: arm, seed: record.seed)
    guard record.final != true else { return closings[key] = record }
    var log = evaluations[key] ?? ChunkedArray()
    guard log.last.map({ record.step > $0.step }) ?? true else { return }
    log.append(record)
    evaluations[key] = log.thinned(above: Self.evaluationCapacity)
    newestEvaluation = max(newestEvaluation, record.step)
  }

  /// A reading of a step that is past lies between the others; one of a place that is known takes it.
  mutating func enter(_ reading: ProbeReading) {
    let key = ProbeTrack(kind: reading.kind, arm: reading.arm)
    var log = probes[key] ?? ChunkedArray()
    let later = log[log.partitioningIndex { $0.step >= reading.step }...]
    if !later.isEmpty { log = ChunkedArray(log[..<later.startIndex]) }
    log.append(reading)
    for other in later where other.step > reading.step { log.append(other) }
    probes[key] = log.thinned(above: Self.probeCapacity)
  }

  /// Entries of a step keep the order they came in.
  mutating func enter(_ entry: JournalEntry) {
    let place = journal.partitioningIndex { $0.step > entry.step }
    journal.insert(entry, at: place)
  }

  func evaluations(
    of arm: ArmID, _ seed: UInt64, upTo step: Int
  ) -> SeedMoment.Evaluations {
    let log = evaluations[Key(arm: arm, seed: seed)] ?? ChunkedArray()
    return log[..<log.partitioningIndex { $0.step > step }]
  }

  /// The closing line of an arm, once the run is over.
  func closing(of arm: ArmID, _ seed: UInt64) -> EvaluationRecord? {
    closings[Key(arm: arm, seed: seed)]
  }

  func journal(upTo step: Int) -> [JournalEntry] {
    Array(journal.prefix { $0.step <= step })
  }

  func probes(upTo step: Int) -> ProbeMoment {
    ProbeMoment(
      tracks: probes.mapValues { log in log[..<log.partitioningIndex { $0.step > step }] })
  }

  /// The step at which an arm's loss stopped being finite, as the journal or its closing line says.
  func divergedStep(of arm: ArmID, _ seed: UInt64) -> Int? {
    let entry = journal.first { $0.kind == .diverged && $0.arm == arm && $0.seed ?? seed == seed }
    return entry?.step ?? closing(of: arm, seed)?.diverged
  }
}

extension ChunkedArray {
  /// Every second element where there are more than `capacity`, the newest always among them.
  fileprivate func thinned(above capacity: Int) -> ChunkedArray {
    guard count > capacity else { return self }
    let parity = (count - 1) % 2
    return ChunkedArray(indices.lazy.filter { $0 % 2 == parity }.map { self[$0] })
  }
}
