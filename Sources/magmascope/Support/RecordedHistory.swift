import History
import RunModel
import RunStore

/// A run directory as anybody may read it, beside a writer too: its records, and its whole history.
struct OpenedRun {
  let directory: RunDirectory
  let configuration: RunConfiguration
  let records: [EvaluationRecord]
  let journal: [JournalEntry]
  let rows: RecordedRows
  let stage: RunStage

  init(_ path: String) throws(RunError) {
    directory = try .open(at: path)
    configuration = try StoredRun.configuration(of: directory)
    rows = try RecordedRows(directory)
    records = try directory.readMetrics()
    journal = try directory.readJournal()
    stage = RunStage(
      RunCourse(configuration, journal: journal), records: records, journal: journal,
      isOwned: directory.owner?.isPresent ?? false)
  }

  /// Whether the figures of every step were kept; runs of the first format have evaluations only.
  var hasRows: Bool { rows.newestStep > 0 }

  var newestStep: Int { max(rows.newestStep, records.map(\.step).max() ?? 0) }

  /// All arms that ever took part.
  var roster: [RunArm] { RunCourse(configuration, journal: journal).roster }

  /// The rows of all steps, without those of the blocks.
  var stepRows: [StepRow] {
    stride(from: 1, through: rows.newestStep, by: 1_000).flatMap { start in
      rows.rows(in: start...start + 999).steps
    }
  }

  /// How many lines of each file have been told, and which readings: they may come between others.
  struct Told: Sendable, Equatable {
    var hasSummary = false
    var journal = 0
    var records = 0
    var probes: Set<ProbePlace> = []
  }

  /// What the files tell but the rows, as the events that told it; nothing is ever taken away.
  ///
  /// - Parameter told: what is known already; afterwards, everything.
  func events(after told: inout Told) throws(RunError) -> [RunEvent] {
    let roster = roster
    var events: [RunEvent] = []
    if !told.hasSummary, let summary = try directory.readSummary() {
      events.append(.started(summary))
      told.hasSummary = true
    }
    events += journal.dropFirst(told.journal).map { .journaled($0) }
    events += records.dropFirst(told.records).compactMap { record in
      roster.first { $0.lane.letter == record.lane }.map { arm in
        record.final == true ? .armFinished(arm: arm.id, record) : .evaluated(arm: arm.id, record)
      }
    }
    events += try directory.readProbes().filter { told.probes.insert($0.place).inserted }
      .map { .probed($0) }
    (told.journal, told.records) = (journal.count, records.count)
    return events
  }

  var phase: RunPhase {
    switch stage {
    case .training: return .training
    case .paused: return .paused
    case .interrupted: return .interrupted
    case .finished:
      let end = journal.last { $0.kind == .end }?.text
      return .finished(end.flatMap(RunOutcome.init) ?? .completed)
    }
  }

  /// What the screens and `runs show` are drawn from.
  func history() throws(RunError) -> RunHistory {
    let history = RunHistory(configuration, archive: rows)
    var told = Told()
    history.append(try events(after: &told))
    history.readArchive()
    history.set(phase)
    return history
  }
}
