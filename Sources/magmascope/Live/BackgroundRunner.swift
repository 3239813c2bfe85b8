import EventStream
import Explorer
import Foundation
import Optimizers
import RunModel
import RunStore
import TerminalUI
import Training
import Workloads

/// What the explorer is to show and to train.
enum RunPlan: Sendable {
  case new(RunConfiguration, RunOptions = RunOptions())
  /// A kept run: gone on with where it has not ended, else looked at.
  case open(String)
  /// A run that another process trains.
  case watch(String)
}

/// The run behind the explorer: prepared, trained and kept on other threads, so that keys never wait.
///
/// Every run is a directory from its first step. One that makes way for another is stopped, saved and
/// closed in the background; nothing is lost by starting anew.
@MainActor
final class BackgroundRunner {
  /// How runs are made, whatever is trained.
  struct Terms: Sendable {
    var isRecording = true
    var startsPaused = false
  }

  /// A run under way with its mailboxes.
  struct Live: Sendable {
    var controller: RunController
    var channels: RunChannels
    var signal: WakeSignal
    var kept: KeptRun?
  }

  /// What a preparing thread hands over.
  private enum Prepared: Sendable {
    case run(number: Int, ShownRun?, Live)
    case opened(number: Int, ShownRun, RunReading)
    case failed(number: Int, RunError)
  }

  private let wake: @Sendable () -> Void
  private var terms: Terms
  private let prepared = Mailbox<Prepared>()
  private let answers = Mailbox<Action>()
  private var live: Live?
  private var watched: RunReading?
  private var pulse: Pulse?
  /// The number of the latest start; what was prepared for an older one is thrown away.
  private var wanted = 0
  /// What was asked of the run while it was being prepared.
  private var early: [RunCommand] = []
  /// Runs that are being saved after they made way.
  private let closing = DispatchGroup()
  /// Whether what is being computed again is still wanted.
  private var isReplayWanted: Locked<Bool>?

  init(terms: Terms, wake: @escaping @Sendable () -> Void) {
    (self.terms, self.wake) = (terms, wake)
  }

  func start(_ plan: RunPlan, number: Int) {
    stopReplay()
    retire()
    wanted = number
    early = []
    let (prepared, answers, wake, terms) = (prepared, answers, wake, terms)
    self.terms.startsPaused = false
    Thread.detachNewThread {
      let answer = Self.prepare(plan, number: number, terms, answers, wake: wake)
      prepared.post(answer)
      wake()
    }
  }

  // MARK: Preparing, on another thread

  private nonisolated static func prepare(
    _ plan: RunPlan, number: Int, _ terms: Terms, _ answers: Mailbox<Action>,
    wake: @escaping @Sendable () -> Void
  ) -> Prepared {
    do throws(RunError) {
      switch plan {
      case .new(let configuration, let options):
        let source = try MemoryCheck.source(for: configuration)
        let kept = keep(
          configuration.reading(source.textPrint), terms, answers, wake: wake)
        return .run(
          number: number, nil,
          live(configuration, source, kept, resumeFrom: nil, terms, options, wake: wake))
      case .watch(let path):
        var reading = RunReading(path)
        let shown = try reading.shown(isWatched: true)
        return .opened(number: number, shown, reading)
      case .open(let path):
        var reading = RunReading(path)
        let opened = try reading.shown(isWatched: false)
        guard opened.phase == .interrupted, terms.isRecording else {
          return .opened(number: number, opened, reading)
        }
        return try goOn(path, number: number, terms, answers, wake: wake)
      }
    } catch {
      return .failed(number: number, error)
    }
  }

  /// Takes a kept run up where its last checkpoint left it.
  private nonisolated static func goOn(
    _ path: String, number: Int, _ terms: Terms, _ answers: Mailbox<Action>,
    wake: @escaping @Sendable () -> Void
  ) throws(RunError) -> Prepared {
    let stored = try StoredRun(directory: path)
    let source = try WorkloadRegistry.source(for: stored.configuration)
    try stored.run.goOn(from: stored.checkpoint)
    return try resumed(
      stored.run, stored.configuration, source, from: stored.checkpoint, number: number, terms,
      answers, wake: wake)
  }

  /// A run that goes on from a boundary its directory has been taken to.
  private nonisolated static func resumed(
    _ run: OwnedRun, _ configuration: RunConfiguration, _ source: any WorkloadSource,
    from checkpoint: CheckpointSet?, number: Int, _ terms: Terms, _ answers: Mailbox<Action>,
    note: String? = nil, wake: @escaping @Sendable () -> Void
  ) throws(RunError) -> Prepared {
    var reading = RunReading(run.directory.path)
    var opened = try reading.shown(isWatched: false)
    opened.phase = terms.startsPaused ? .paused : .training
    opened.note = note
    let kept = try KeptRun(run, configuration, notify: notify(answers, wake))
    return .run(
      number: number, opened,
      live(configuration, source, kept, resumeFrom: checkpoint, terms, wake: wake))
  }

  private nonisolated static func keep(
    _ configuration: RunConfiguration, _ terms: Terms, _ answers: Mailbox<Action>,
    wake: @escaping @Sendable () -> Void
  ) -> KeptRun? {
    guard terms.isRecording else { return nil }
    do throws(RunError) {
      let kept = try KeptRun.new(configuration, notify: notify(answers, wake))
      if let removed = KeptRun.prune() { answers.post(.notice(removed)) }
      return kept
    } catch {
      answers.post(.notice("this run is not kept: \(error.description)"))
      return nil
    }
  }

  private nonisolated static func notify(
    _ answers: Mailbox<Action>, _ wake: @escaping @Sendable () -> Void
  ) -> @Sendable (Recorder.Report) -> Void {
    { report in
      switch report {
      case .checkpointed: return
      case .failed(let error): answers.post(.notice("recording: \(error.description)"))
      case .dropped(let rows): answers.post(.notice("\(rows) rows could not be recorded"))
      }
      wake()
    }
  }

  private nonisolated static func live(
    _ configuration: RunConfiguration, _ source: any WorkloadSource, _ kept: KeptRun?,
    resumeFrom checkpoint: CheckpointSet?, _ terms: Terms, _ options: RunOptions = RunOptions(),
    wake: @escaping @Sendable () -> Void
  ) -> Live {
    let signal = WakeSignal(wake)
    let channels = RunChannels(
      rows: RowMailbox(blockCount: source.layout.blocks.count), looks: Mailbox(),
      recorder: kept?.recorder,
      wake: { signal.signal() })
    var options = options
    options.startsPaused = options.startsPaused || terms.startsPaused
    options.checkpointEvery = kept == nil ? nil : configuration.evaluationInterval
    options.takesFinalSnapshot = true
    options.probeRunner = RegisteredProbes()
    options.yieldsToInterface = true
    let controller = RunController(
      configuration: configuration, source: source, channels: channels, resumeFrom: checkpoint,
      options: options)
    return Live(controller: controller, channels: channels, signal: signal, kept: kept)
  }

  // MARK: Under way

  func send(_ command: RunCommand) {
    guard let live else {
      early.append(command)
      return
    }
    live.controller.send(command)
  }

  /// Everything that has happened since the last call; called when woken, so that nothing waits for
  /// the terminal.
  func news() -> [Action] {
    live?.signal.clear()
    var actions = adoptPrepared()
    var others: [Action] = []
    answers.drain(into: &others)
    actions += others
    if let live {
      var batch = RunBatch(run: wanted)
      live.channels.events.drain(into: &batch.events)
      if let rows = live.channels.rows {
        batch.rows = rows.empty
        rows.drain(into: &batch.rows)
      }
      live.channels.looks?.drain(into: &batch.looks)
      if !batch.events.isEmpty || !batch.rows.isEmpty || !batch.looks.isEmpty {
        actions.append(.run(batch))
      }
    }
    return actions + look()
  }

  /// What the process that trains a watched run has written since the last beat of the pulse.
  private func look() -> [Action] {
    guard var reading = watched, pulse?.hasBeaten() == true else { return [] }
    do throws(RunError) {
      let news = try reading.news()
      watched = reading
      return [.watched(run: wanted, news.events, news.phase)]
    } catch {
      watched = nil
      return [.notice(error.description)]
    }
  }

  /// Starts what a preparing thread has made ready, unless something newer is wanted by now.
  private func adoptPrepared() -> [Action] {
    var arrivals: [Prepared] = []
    var actions: [Action] = []
    prepared.drain(into: &arrivals)
    for arrival in arrivals {
      switch arrival {
      case .run(let number, let opened, let live) where number == wanted:
        if let opened { actions.append(.opened(run: number, opened)) }
        actions += adopt(live)
      case .run(_, _, let live): close(live)
      case .opened(let number, let opened, let reading) where number == wanted:
        if opened.isWatched {
          watched = reading
          pulse = Pulse(every: .milliseconds(500), wake)
        }
        actions.append(.opened(run: number, opened))
      case .failed(let number, let error) where number == wanted:
        actions.append(.run(RunBatch(run: number, events: [.failed(error)])))
      case .opened, .failed: continue
      }
    }
    return actions
  }

  private func adopt(_ live: Live) -> [Action] {
    live.controller.start()
    self.live = live
    early.forEach(send)
    early = []
    guard let kept = live.kept else { return [] }
    do throws(RunError) {
      let rows = try RecordedRows(kept.run.directory)
      return [.recorded(run: wanted, directory: kept.directory, archive: rows)]
    } catch {
      return [.notice(error.description)]
    }
  }

  // MARK: Back in time

  /// Stops the run and takes it back to a step, or lets another go on from there; with Esc it goes on
  /// from where it stopped.
  func branch(_ order: BranchOrder, number: Int) {
    guard let live, let kept = live.kept else {
      return answers.post(.notice("only a run that is recorded here can go back or fork"))
    }
    self.live = nil
    wanted = number
    early = []
    let watch = watchReplay(to: order.step, number: number)
    let (prepared, answers, wake) = (prepared, answers, wake)
    closing.enter()
    Thread.detachNewThread { [closing] in
      defer { closing.leave() }
      live.controller.stop()
      live.controller.waitUntilFinished()
      _ = kept.recorder.close()
      do throws(RunError) {
        let result = try ReplayDesk(run: kept.run, order: order, watch: watch).work()
        prepared.post(
          try Self.resumed(
            result.run, result.configuration, result.source, from: result.checkpoint,
            number: number, Terms(startsPaused: true), answers, note: result.note, wake: wake))
      } catch {
        kept.run.end()
        prepared.post(.failed(number: number, error))
      }
      wake()
    }
  }

  /// Computes a part of the past again while the run goes on; what is found comes as news of it.
  func computeAgain(_ order: PastOrder, in directory: String, number: Int) {
    let kept = live?.kept.flatMap { $0.directory == directory ? $0 : nil }
    let past = PastDesk(
      directory: directory, order: order, recorder: kept?.recorder,
      watch: watchReplay(to: order.steps.upperBound, number: number))
    let (answers, wake) = (answers, wake)
    closing.enter()
    Thread.detachNewThread { [closing] in
      defer { closing.leave() }
      do throws(RunError) {
        let found = try past.work()
        var batch = RunBatch(run: number, events: found.events)
        batch.looks = found.looks
        answers.post(.run(batch))
        answers.post(.computedAgain(run: number, .success(found.note)))
      } catch {
        answers.post(.computedAgain(run: number, .failure(error)))
      }
      wake()
    }
  }

  /// What tells the screen how far a computation is; the one before is given up.
  private func watchReplay(to target: Int, number: Int) -> ReplayWatch {
    stopReplay()
    let wish = Locked(true)
    isReplayWanted = wish
    return ReplayWatch(target: target, wish: wish) {
      [answers, wake] step, target, secondsLeft in
      answers.post(.replaying(run: number, step: step, target: target, secondsLeft: secondsLeft))
      wake()
    }
  }

  /// Gives up what is being computed again.
  func stopReplay() { isReplayWanted?.withLock { $0 = false } }

  // MARK: The kept runs

  /// Does something with the kept runs on another thread, and lists them.
  func tend(_ body: @escaping @Sendable () -> Action?) {
    let (answers, wake) = (answers, wake)
    Thread.detachNewThread {
      if let action = body() { answers.post(action) }
      wake()
    }
  }

  // MARK: Ends

  /// Lets the present run make way: it is stopped, saved and closed in the background.
  private func retire() {
    (watched, pulse) = (nil, nil)
    guard let live else { return }
    self.live = nil
    close(live)
  }

  private func close(_ live: Live) {
    let (answers, wake) = (answers, wake)
    closing.enter()
    Thread.detachNewThread { [closing] in
      live.controller.start()
      live.controller.stop()
      live.controller.waitUntilFinished()
      if let trouble = live.kept?.close() { answers.post(.notice(trouble.description)) }
      closing.leave()
      wake()
    }
  }

  /// Keeps the run under a name, so that it is never pruned.
  func keep(as name: String) {
    guard let kept = live?.kept else {
      return answers.post(.stored(.failed("this run is not recorded")))
    }
    do throws(RunError) {
      try kept.run.directory.keep(as: name)
      answers.post(.stored(.saved(path: kept.directory)))
    } catch {
      answers.post(.stored(.failed(error.description)))
    }
  }

  func export(_ kind: ExportKind, _ state: ExplorerState, screen: Frame) {
    let export = RunExport(
      kind: kind, run: state.live, screen: screen,
      focus: FocusedPicture(state, size: screen.buffer.size))
    let (answers, wake) = (answers, wake)
    Thread.detachNewThread {
      answers.post(.stored(export.writtenResult()))
      wake()
    }
  }

  /// Stops and saves everything while the caller waits; says where the run is and how to go on.
  func shutDown() -> [String] {
    let kept = live?.kept
    stopReplay()
    retire()
    closing.wait()
    guard let kept else { return [] }
    return [
      "the run is kept in \(kept.directory)", "go on with: magmascope --continue",
    ]
  }
}

/// Rouses the interface at an interval, for as long as it is held.
private final class Pulse: Sendable {
  private let isDue = Locked(false)

  init(every interval: Duration, _ wake: @escaping @Sendable () -> Void) {
    let seconds = Double(interval / .milliseconds(1)) / 1000
    Thread.detachNewThread { [weak self] in
      while let pulse = self {
        pulse.isDue.withLock { $0 = true }
        wake()
        Thread.sleep(forTimeInterval: seconds)
      }
    }
  }

  /// Whether it has beaten since the last call.
  func hasBeaten() -> Bool {
    isDue.withLock { isDue in
      defer { isDue = false }
      return isDue
    }
  }
}
