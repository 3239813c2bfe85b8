import Metrics
import RunModel

/// Where a run stands.
package enum RunPhase: Sendable, Hashable {
  case starting, training, paused
  case finished(RunOutcome)
  /// Its process ended before the run did.
  case interrupted
  case failed(String)

  package var isOver: Bool {
    switch self {
    case .starting, .training, .paused: false
    case .finished, .interrupted, .failed: true
    }
  }
}

/// Everything known of a run at a step: a pure function of what was told of the steps up to there.
///
/// The live screen is the newest moment; a scrubbed one is the moment that stood on the screen when
/// the run was there. Nothing of a later step is in it.
package struct RunMoment: Sendable {
  /// Why rows that a panel needs are not there.
  package enum Gap: Sendable, Hashable {
    /// The rows of earlier steps were not kept.
    case noHistoryBefore(Int)
    /// The run was recorded without rows.
    case notRecorded
  }

  package let configuration: RunConfiguration
  /// What does not change while a run trains; nil before it has started.
  package let summary: RunSummary?
  package let step: Int
  /// The newest step of the run when this was asked for.
  package let newestStep: Int
  /// Where the run is to end, as it stood then.
  package let budget: Int
  /// A past moment reads as paused: that is how it looked when the run stood there.
  package let phase: RunPhase
  /// In the order in which they joined.
  package let arms: [ArmMoment]
  /// The entries up to this step, by step.
  package let journal: [JournalEntry]
  package let probes: ProbeMoment
  package let gap: Gap?

  package var blocks: [BlockDescriptor] { summary?.blocks ?? [] }
  package var isPast: Bool { step < newestStep }

  /// Live changes up to this step.
  package var changes: [Intervention] { journal.compactMap(\.change) }
  /// Whether something was changed while the run trained.
  package var isExploratory: Bool {
    journal.contains {
      switch $0.kind {
      case .change, .replace: true
      case .mark, .pause, .resume, .join, .leave, .diverged, .fork, .extend, .end: false
      }
    }
  }

  /// All evaluations by step, arms in their order, then the closing lines.
  package var records: [EvaluationRecord] {
    let seeds = arms.flatMap(\.seeds)
    let records = seeds.flatMap { Array($0.evaluations) }.enumerated()
    return records.sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
      .map(\.element) + seeds.compactMap(\.closing)
  }

  package subscript(id: ArmID) -> ArmMoment? { arms.first { $0.id == id } }

  package var stepsPerSecond: Double? {
    arms.compactMap { $0.track?.curves?.pace.stepsPerSecond }.min()
  }

  /// Seconds until the budget is spent, at the present pace.
  package var secondsLeft: Double? {
    guard phase == .training, let pace = stepsPerSecond, pace > 0 else { return nil }
    return Double(budget - step) / pace
  }
}

/// One arm at a step.
package struct ArmMoment: Sendable {
  package let arm: RunArm
  /// Its place among the arms; decides its colour.
  package let place: Int
  /// The settings in force: the first ones and every live change up to the step.
  package let specification: ArmSpecification
  /// Bytes of optimizer state; nil before the start.
  package let stateBytes: Int?
  /// Of every block, whether the arm masks or damps it at this step.
  package let isMasked: [Bool]
  /// One for every seed, ascending.
  package let seeds: [SeedMoment]

  package var id: ArmID { arm.id }
  package var lane: Lane { arm.lane }
  package var letter: String { lane.letter }
  package var name: String { specification.name }

  /// What stands for the arm on a curve; one character even where the letters have run out.
  package var symbol: Character { letter.last ?? "?" }

  /// What the panels show beside means over seeds: the first seed. nil while it has no rows.
  package var track: ArmTrack? { seeds.first?.track }

  package var isMasking: Bool { isMasked.contains(true) }

  package var divergedStep: Int? { seeds.lazy.compactMap(\.divergedStep).first }
}

/// One arm on one seed at a step.
package struct SeedMoment: Sendable {
  package let seed: UInt64
  /// nil before the first row, and where the rows are gone.
  package let track: ArmTrack?
  /// By step; the last one is the newest.
  package let evaluations: Evaluations
  /// The arm's closing line; nil before the run is over.
  package let closing: EvaluationRecord?
  package let divergedStep: Int?

  package typealias Evaluations = Slice<ChunkedArray<EvaluationRecord>>
}

/// The readings of a run's probes up to a step.
package struct ProbeMoment: Sendable {
  let tracks: [ProbeTrack: Slice<ChunkedArray<ProbeReading>>]

  /// The readings of one kind of one arm, by step.
  package func history(_ kind: ProbeKind, _ arm: ArmID) -> Slice<ChunkedArray<ProbeReading>> {
    tracks[ProbeTrack(kind: kind, arm: arm)] ?? ChunkedArray()[...]
  }

  package func latest(_ kind: ProbeKind, _ arm: ArmID) -> ProbeReading? { history(kind, arm).last }

  /// The newest reading of every kind of an arm, the newest first.
  package func latest(of arm: ArmID) -> [ProbeReading] {
    ProbeKind.allCases.compactMap { latest($0, arm) }
      .enumerated().sorted { ($0.element.step, $0.offset) > ($1.element.step, $1.offset) }
      .map(\.element)
  }
}

struct ProbeTrack: Sendable, Hashable {
  var kind: ProbeKind
  var arm: ArmID
}
