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

  /// What the screens and `runs show` are drawn from.
  func history() throws(RunError) -> RunHistory {
    let history = RunHistory(configuration, archive: rows)
    let roster = roster
    if let summary = try directory.readSummary() { history.append([.started(summary)]) }
    history.append(journal.map { .journaled($0) })
    history.append(
      records.compactMap { record in
        roster.first { $0.lane.letter == record.lane }.map { arm in
          record.final == true
            ? .armFinished(arm: arm.id, record) : .evaluated(arm: arm.id, record)
        }
      })
    history.append(try directory.readProbes().map { .probed($0) })
    history.readArchive()
    switch stage {
    case .training: history.set(.training)
    case .paused: history.set(.paused)
    case .interrupted: history.set(.interrupted)
    case .finished:
      let end = journal.last { $0.kind == .end }?.text
      history.set(.finished(end.flatMap(RunOutcome.init) ?? .completed))
    }
    return history
  }
}
