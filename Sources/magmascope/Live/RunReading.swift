import Explorer
import Foundation
import History
import RunModel
import RunStore

/// Everything a run's directory tells, as the events that told it.
struct RunReading: Sendable {
  let directory: RunDirectory
  let configuration: RunConfiguration
  private let archive: RecordedRows
  private var toldCount = 0
  private var hasSummary = false

  init(_ path: String) throws(RunError) {
    directory = try RunDirectory.open(at: path)
    configuration = try StoredRun.configuration(of: directory)
    archive = try RecordedRows(directory)
  }

  /// All that the directory holds.
  ///
  /// - Parameter isWatched: whether another process trains the run.
  mutating func opened(isWatched: Bool) throws(RunError) -> ShownRun {
    let events = try news()
    return ShownRun(
      directory: directory.path, configuration: configuration, events: events, archive: archive,
      phase: phase(events), isWatched: isWatched)
  }

  /// What has been written since the last call.
  mutating func news() throws(RunError) -> [RunEvent] {
    var events: [RunEvent] = []
    if !hasSummary, let summary = try directory.readSummary() {
      hasSummary = true
      events.append(.started(summary))
    }
    let journal = try directory.readJournal()
    let roster = RunCourse(configuration, journal: journal).roster
    var told: [RunEvent] = try directory.readMetrics().compactMap { record in
      guard
        let arm = roster.first(where: { $0.lane.name == record.arm })
          ?? roster.first(where: {
            $0.lane.letter == record.lane
          })
      else { return nil }
      return record.final == true
        ? .armFinished(arm: arm.id, record) : .evaluated(arm: arm.id, record)
    }
    told += journal.map { .journaled($0) }
    told += try directory.readProbes().map { .probed($0) }
    guard told.count != toldCount else { return events }
    // Lines are only added: those told before come again, and are known already.
    toldCount = told.count
    return events + told
  }

  /// How the run stands: by its owner while one lives, else by how it ended.
  func phase(_ events: [RunEvent]) -> RunPhase {
    var journal: [JournalEntry] = []
    var records: [EvaluationRecord] = []
    for event in events {
      switch event {
      case .journaled(let entry): journal.append(entry)
      case .evaluated(_, let record), .armFinished(_, let record): records.append(record)
      case .started, .probed, .refused, .finished, .failed: continue
      }
    }
    let stage = RunStage(
      RunCourse(configuration, journal: journal), records: records, journal: journal,
      isOwned: directory.owner?.isPresent == true)
    return switch stage {
    case .training: .training
    case .paused: .paused
    case .interrupted: .interrupted
    case .finished:
      .finished(records.contains { $0.diverged == nil } ? .completed : .everyArmDiverged)
    }
  }

  /// The newest run of the explorer that no living process writes.
  static func newest() throws(RunError) -> String {
    let shelf = RunShelf(path: UserDirectories.runs)
    let names = shelf.names.filter { name in
      let directory = RunDirectory(path: "\(shelf.path)/\(name)")
      return directory.owner?.isPresent != true && StoredRun.isRun(directory)
    }
    guard let name = names.first else {
      throw RunError(
        .usage, "no run of the explorer is kept yet", place: "--continue",
        remedy: "start one with: magmascope")
    }
    return "\(shelf.path)/\(name)"
  }
}
