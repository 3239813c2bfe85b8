import Dispatch
import EventStream
import RunModel

/// Keeps a run in its directory, on a thread of its own: training never waits for the disk.
///
/// Nothing is lost to a slow disk (the mailbox is unbounded) or a full one (lines wait and are tried
/// again; the previous checkpoint stands). Errors are told to `notify`, each kind of trouble once.
package final class Recorder: RunRecorder {
  /// What the recorder has to say.
  package enum Report: Sendable {
    case checkpointed(directory: String)
    case failed(RunError)
  }

  private enum Item: Sendable {
    case event(RunEvent)
    case checkpoint(CheckpointSet)
    case close
  }

  private let directory: RunDirectory
  private let configuration: RunConfiguration
  private let stamp: RunStamp
  private let line: @Sendable (EvaluationRecord) -> String
  private let notify: @Sendable (Report) -> Void
  private let mailbox = Mailbox<Item>()
  private let arrivals = DispatchSemaphore(value: 0)
  private let closed = DispatchSemaphore(value: 0)
  private let trouble = Locked(Trouble())

  /// What went wrong last and has not gone right since.
  private struct Trouble: Sendable {
    var lines: RunError?
    var checkpoint: RunError?
  }

  /// Starts the recorder's thread.
  ///
  /// - Parameters:
  ///   - line: a record as a line of `metrics.jsonl`, ending in a newline.
  ///   - notify: called on the recorder's thread.
  package init(
    directory: RunDirectory, configuration: RunConfiguration, stamp: RunStamp,
    line: @escaping @Sendable (EvaluationRecord) -> String,
    notify: @escaping @Sendable (Report) -> Void = { _ in }
  ) throws(RunError) {
    self.directory = directory
    self.configuration = configuration
    self.stamp = stamp
    self.line = line
    self.notify = notify
    // Opened here once, so that a directory that cannot be written to is refused before training.
    _ = try LineFile(directory.metricsPath)
    try BackgroundThread.start("recorder") { [self] in run() }
  }

  package func record(_ event: RunEvent) { post(.event(event)) }

  package func record(_ step: StepRow, blocks: [BlockRow]) {}

  package func record(_ checkpoint: CheckpointSet) { post(.checkpoint(checkpoint)) }

  private func post(_ item: Item) {
    mailbox.post(item)
    arrivals.signal()
  }

  /// Writes what is still waiting, ends the thread, and returns the trouble that remains, if any.
  @discardableResult
  package func close() -> RunError? {
    post(.close)
    closed.wait()
    closed.signal()
    return trouble.withLock { $0.checkpoint ?? $0.lines }
  }

  // MARK: The recorder's thread

  private func run() {
    defer { closed.signal() }
    do throws(RunError) {
      var metrics = try LineFile(directory.metricsPath)
      var journal = try LineFile(directory.journalPath)
      var items: [Item] = []
      while true {
        arrivals.wait()
        mailbox.drain(into: &items)
        for item in items {
          if case .close = item { return finish(&metrics, &journal) }
          keep(item, &metrics, &journal)
        }
      }
    } catch {
      trouble.withLock { $0.lines = error }
      notify(.failed(error))
    }
  }

  private func keep(_ item: Item, _ metrics: inout LineFile, _ journal: inout LineFile) {
    switch item {
    case .event(.evaluated(_, let record)), .event(.armFinished(_, let record)):
      attempt(\.lines) { () throws(RunError) in try metrics.append(line(record)) }
    case .event(.journaled(let entry)):
      attempt(\.lines) { () throws(RunError) in try journal.append(RunDirectory.line(entry)) }
    case .event(.probed(let reading)):
      // Rare, and absent from most runs: the file is made by the first reading.
      attempt(\.lines) { () throws(RunError) in
        var probes = try LineFile(directory.probesPath)
        try probes.append(RunDirectory.line(reading))
      }
    case .checkpoint(let set):
      finish(&metrics, &journal)
      attempt(\.checkpoint) { () throws(RunError) in
        try directory.write(set, of: configuration, stamp: stamp)
        notify(.checkpointed(directory: directory.path))
      }
    case .event, .close: break
    }
  }

  private func finish(_ metrics: inout LineFile, _ journal: inout LineFile) {
    attempt(\.lines) { () throws(RunError) in
      try metrics.sync()
      try journal.sync()
    }
  }

  /// Does `work`, remembers whether it went well, and tells trouble that is new.
  private func attempt(
    _ kind: WritableKeyPath<Trouble, RunError?> & Sendable, _ work: () throws(RunError) -> Void
  ) {
    var failure: RunError?
    do throws(RunError) {
      try work()
    } catch {
      failure = error
    }
    let isNew = trouble.withLock { [failure] trouble in
      defer { trouble[keyPath: kind] = failure }
      return failure != nil && trouble[keyPath: kind] != failure
    }
    if isNew, let failure { notify(.failed(failure)) }
  }
}
