import Dispatch
import EventStream
import RunModel

/// Keeps a run in its directory, on a thread of its own: training only posts, and never waits for the
/// disk.
///
/// Rows are written twice a second, so that a kill loses no more; events at once. On a full disk rows
/// are given up, once and for all (what was written stays readable, what comes is counted); lines wait
/// and are tried again; the previous checkpoint stands. Trouble is told to `notify`, each kind once.
package final class Recorder: RunRecorder {
  /// What the recorder has to say.
  package enum Report: Sendable {
    case checkpointed(directory: String)
    /// The first trouble of its kind.
    case failed(RunError)
    /// Rows could not be kept for want of memory.
    case dropped(rows: Int)
  }

  private enum Item: Sendable {
    case event(RunEvent)
    case checkpoint(CheckpointSet)
    case close

    var isCheckpoint: Bool {
      if case .checkpoint = self { true } else { false }
    }
  }

  /// Rows wait no longer than this.
  private static let interval = Duration.milliseconds(450)
  /// Of checkpoints that wait together, so many of the newest are written.
  private static let mostCheckpoints = 4

  private let run: OwnedRun
  private let configuration: RunConfiguration
  private let stamp: RunStamp
  private let line: @Sendable (EvaluationRecord) -> String
  private let notify: @Sendable (Report) -> Void
  private let mailbox = Mailbox<Item>()
  /// Made by the first row, which knows how many blocks there are.
  private let rows = Locked<RowMailbox?>(nil)
  private let arrivals = DispatchSemaphore(value: 0)
  private let closed = DispatchSemaphore(value: 0)
  private let status = Locked(Status())

  /// What went wrong last and has not gone right since, and what was lost.
  private struct Status: Sendable {
    var lines: RunError?
    var rows: RunError?
    var checkpoint: RunError?
    var droppedRows = 0

    var troubles: [RunError] { [checkpoint, rows, lines].compactMap(\.self) }
  }

  /// Starts the recorder's thread.
  ///
  /// - Parameters:
  ///   - line: a record as a line of `metrics.jsonl`, ending in a newline.
  ///   - notify: called on the recorder's thread.
  package init(
    _ run: OwnedRun, configuration: RunConfiguration, stamp: RunStamp,
    line: @escaping @Sendable (EvaluationRecord) -> String,
    notify: @escaping @Sendable (Report) -> Void = { _ in }
  ) throws(RunError) {
    (self.run, self.configuration, self.stamp) = (run, configuration, stamp)
    (self.line, self.notify) = (line, notify)
    // Opened here once, so that a directory that cannot be written to is refused before training.
    _ = try LineFile(run.directory.metricsPath)
    try BackgroundThread.start("recorder") { [self] in work() }
  }

  package func record(_ event: RunEvent) { post(.event(event)) }

  package func record(_ step: StepRow, blocks: [BlockRow]) {
    let mailbox = rows.withLock { rows in
      if let rows { return rows }
      let made = RowMailbox(blockCount: blocks.count)
      rows = made
      return made
    }
    mailbox.post(step, blocks: blocks)
  }

  package func record(_ checkpoint: CheckpointSet) { post(.checkpoint(checkpoint)) }

  private func post(_ item: Item) {
    mailbox.post(item)
    arrivals.signal()
  }

  /// Rows that were dropped so far, for want of memory or disk.
  package var droppedRows: Int { status.withLock(\.droppedRows) }

  /// Writes what is still waiting, ends the thread, and returns the trouble that remains, if any.
  ///
  /// The run stays this process's until `OwnedRun.end`.
  @discardableResult
  package func close() -> RunError? {
    post(.close)
    closed.wait()
    closed.signal()
    return status.withLock { $0.troubles.first }
  }

  // MARK: The recorder's thread

  private func work() {
    defer { closed.signal() }
    do throws(RunError) {
      var desk = try Desk(run.directory)
      var items: [Item] = []
      while true {
        _ = arrivals.wait(timeout: .now() + Self.interval.dispatchInterval)
        mailbox.drain(into: &items)
        // On a slow disk checkpoints come faster than they are written: then the newest must do, so
        // that a run that is stopped need not wait for the others.
        var superfluous = items.count(where: \.isCheckpoint) - Self.mostCheckpoints
        for item in items {
          if case .close = item { return finish(&desk) }
          if item.isCheckpoint {
            superfluous -= 1
            if superfluous >= 0 { continue }
          }
          keep(item, &desk)
        }
        if desk.lastRows.duration(to: .now) >= Self.interval { keepRows(&desk) }
      }
    } catch {
      status.withLock { $0.lines = error }
      notify(.failed(error))
    }
  }

  /// What the thread has open.
  private struct Desk: ~Copyable {
    var metrics: LineFile
    var journal: LineFile
    var rows: RowWriter
    var probes: ProbeFile?
    var drained = RunRows(blockCount: 0)
    var lastRows = SuspendingClock.now

    init(_ directory: RunDirectory) throws(RunError) {
      let metrics = try LineFile(directory.metricsPath)
      let journal = try LineFile(directory.journalPath)
      let rows = try RowWriter(directory)
      self.metrics = metrics
      self.journal = journal
      self.rows = rows
    }
  }

  private func keep(_ item: Item, _ desk: inout Desk) {
    switch item {
    case .event(.started(let summary)):
      attempt(\.lines) { () throws(RunError) in
        let bytes = try RecordCoding.encode(summary, "the summary", isPretty: true)
        try DurableFile.replace(run.directory.summaryPath, with: bytes)
      }
    case .event(.evaluated(_, let record)), .event(.armFinished(_, let record)):
      attempt(\.lines) { () throws(RunError) in try desk.metrics.append(line(record)) }
    case .event(.journaled(let entry)):
      attempt(\.lines) { () throws(RunError) in
        try desk.journal.append(RunDirectory.line(entry))
      }
    case .event(.probed(let reading)):
      attempt(\.lines) { () throws(RunError) in
        // Rare, and absent from most runs: looked at by the first reading.
        if desk.probes == nil { desk.probes = try ProbeFile(run.directory) }
        try desk.probes?.enter([reading])
      }
    case .checkpoint(let set):
      finish(&desk)
      attempt(\.checkpoint) { () throws(RunError) in
        try run.write(set, of: configuration, stamp: stamp)
        notify(.checkpointed(directory: run.directory.path))
      }
    case .event(.refused), .event(.finished), .event(.failed), .close: break
    }
  }

  /// Writes the rows that wait; what cannot be written is counted, and not tried again.
  private func keepRows(_ desk: inout Desk) {
    desk.lastRows = .now
    guard let mailbox = rows.withLock(\.self) else { return }
    mailbox.drain(into: &desk.drained)
    count(dropped: desk.drained.droppedCount)
    guard !desk.drained.isEmpty else { return }
    let written = desk.rows.rowCount
    if status.withLock(\.rows) == nil {
      attempt(\.rows) { () throws(RunError) in try desk.rows.append(desk.drained) }
    }
    let lost = desk.drained.steps.count - (desk.rows.rowCount - written)
    status.withLock { $0.droppedRows += lost }
  }

  private func count(dropped: Int) {
    guard dropped > 0 else { return }
    let isFirst = status.withLock { status in
      defer { status.droppedRows += dropped }
      return status.droppedRows == 0
    }
    if isFirst { notify(.dropped(rows: dropped)) }
  }

  /// Writes all that waits, and makes it durable.
  private func finish(_ desk: inout Desk) {
    keepRows(&desk)
    attempt(\.lines) { () throws(RunError) in
      try desk.metrics.sync()
      try desk.journal.sync()
    }
    guard status.withLock(\.rows) == nil else { return }
    attempt(\.rows) { () throws(RunError) in try desk.rows.sync() }
  }

  /// Does `work`, remembers whether it went well, and tells trouble that is new.
  private func attempt(
    _ kind: WritableKeyPath<Status, RunError?> & Sendable, _ work: () throws(RunError) -> Void
  ) {
    var failure: RunError?
    do throws(RunError) {
      try run.checkOwnership()
      try work()
    } catch {
      failure = error
    }
    let isNew = status.withLock { [failure] status in
      let known = status.troubles.map(\.message)
      status[keyPath: kind] = failure
      return failure.map { !known.contains($0.message) } ?? false
    }
    if isNew, let failure { notify(.failed(failure)) }
  }
}
