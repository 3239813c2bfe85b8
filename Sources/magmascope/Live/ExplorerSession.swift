import CursesTerminal
import EventStream
import Explorer
import Foundation
import LessonStage
import RunModel
import TerminalUI
import Training

/// The explorer at work: hands events to the reducer, does what it asks, draws what it shows.
@MainActor
final class ExplorerSession {
  nonisolated static let exports: [ExportKind] = [
    .csv, .jsonl, .svg, .screen, .tensorboard, .latex, .text,
  ]

  /// 128 + the signal that ended the session; nil when the user left.
  private(set) var exitCode: Int32?
  /// What became of the run and the sweep, for the shell; one line each.
  private(set) var farewell: [String] = []
  private var state: ExplorerState
  private let plan: [Effect]?
  /// Where a lesson's speaker reads the page; nil: nowhere.
  private let notesFile: String?
  private let terminal: CursesTerminal
  /// Where settings of the view are kept; nil: nowhere.
  private let memory: SettingsMemory?
  private let waker = Waker()
  private let runner: BackgroundRunner
  private let sweep: BackgroundSweep
  private let desk: FormDesk
  private var isFinished = false
  private let start = ContinuousClock.now
  private var lastMeasured = 0.0

  /// - Parameter plan: what is shown first; nil: the comparison the state was made with.
  init(
    state: ExplorerState, plan: [Effect]?, terms: BackgroundRunner.Terms, terminal: CursesTerminal,
    memory: SettingsMemory? = nil, notesFile: String? = nil
  ) {
    self.memory = memory
    self.notesFile = notesFile
    self.state = state
    self.plan = plan
    self.terminal = terminal
    runner = BackgroundRunner(terms: terms, wake: { [waker] in waker.wake() })
    sweep = BackgroundSweep(wake: { [waker] in waker.wake() })
    desk = FormDesk(wake: { [waker] in waker.wake() })
  }

  /// Runs until the user or a signal ends it; the terminal is still open then.
  func run(signals: TerminalSignals, framesPerSecond: Int) -> LoopStatistics {
    let loop = EventLoop(
      terminal: terminal, waker: waker, signals: signals, framesPerSecond: framesPerSecond)
    dispatch(.resize(terminal.size))
    perform(plan ?? launch(&state))
    loop.run(
      EventLoop.Handlers(
        onEvent: { [self] in handle($0) },
        // Collected when woken and never by drawing: a terminal that stalls loses nothing.
        onWake: { [self] in collect() },
        render: { [self] size in
          measure(loop)
          dispatch(.tick(elapsed()))
          return view(state, size: size)
        },
        shouldQuit: { [self] in isFinished }))
    if let trouble = memory?.write() { farewell.append(Self.forgotten(trouble)) }
    if let kept = sweep.shutDown() { farewell.append(kept) }
    farewell += runner.shutDown()
    return loop.statistics
  }

  private func handle(_ event: InputEvent) {
    switch event {
    case .key(let key): dispatch(.key(key))
    case .mouse(let mouse): dispatch(.mouse(mouse))
    case .resize(let size): dispatch(.resize(size))
    case .background(let color): dispatch(.background(isLight: color.isLight))
    case .wake, .resumed: break
    case .signal(.suspend): break
    case .signal(.interrupt): end(with: 130)
    case .signal(.terminate): end(with: 143)
    case .signal(.hangup), .detached: end(with: 129)
    }
  }

  /// A signal: what there is is kept as when the user leaves.
  private func end(with code: Int32) {
    exitCode = exitCode ?? code
    isFinished = true
  }

  private func collect() {
    for action in runner.news() + sweep.drain() + desk.drain() { dispatch(action) }
  }

  private func measure(_ loop: EventLoop) {
    let now = elapsed()
    if now - lastMeasured > 1 {
      lastMeasured = now
      loop.measure()
      dispatch(.measured(FrameStatistics(loop.statistics)))
    }
  }

  private func dispatch(_ action: Action) {
    perform(reduce(&state, action))
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .start(let configuration, let number): runner.start(.new(configuration), number: number)
      case .open(let directory, let number): runner.start(.open(directory), number: number)
      case .watch(let directory, let number): runner.start(.watch(directory), number: number)
      case .branch(let order, let number): runner.branch(order, number: number)
      case .computeAgain(let order, let directory, let number):
        runner.computeAgain(order, in: directory, number: number)
      case .stopReplay: runner.stopReplay()
      case .estimate(let configuration): desk.estimate(configuration)
      case .completePath(let path): desk.complete(path)
      case .savePreset(let configuration, let path): desk.savePreset(configuration, at: path)
      case .listRuns: runner.tend { .runs(RunCatalog.entries) }
      case .nameRun(let path, let name): runner.tend { RunCatalog.name(path, name) }
      case .deleteRun(let path): runner.tend { RunCatalog.delete(path) }
      case .overlay(let path): runner.tend { RunCatalog.overlay(path) }
      case .sample(let path, let prompt, let number):
        runner.tend {
          .texts(run: number, prompt: prompt, ModelTexts.texts(of: path, prompt: prompt ?? ""))
        }
      case .command(let command): runner.send(command)
      case .sweep(let order): sweep.perform(order)
      case .lesson(let effect): perform(effect)
      case .save(let name): runner.keep(as: name)
      case .export(let kind): runner.export(kind, state, screen: view(state, size: terminal.size))
      case .remember(let changes): remember(changes)
      case .quit: isFinished = true
      case .suspend: raise(SIGTSTP)
      case .redraw: terminal.redraw()
      case .setMouse(let on): terminal.setMouse(on)
      case .copy(let text): terminal.copy(text)
      }
    }
  }

  /// Written on another thread: a disk may be slow, keys are answered at once.
  private func remember(_ changes: [String: String]) {
    guard let memory, memory.note(changes) else { return }
    runner.tend { memory.write().map { .notice(Self.forgotten($0)) } }
  }

  private nonisolated static func forgotten(_ trouble: RunError) -> String {
    "settings are not remembered: \(trouble.description)"
  }

  private func perform(_ effect: LessonEffect) {
    switch effect {
    case .start(let start, let number):
      runner.start(.new(start.configuration, RunOptions(start)), number: number)
    case .keep(let progress): report { try LessonShelf.keep(progress) }
    case .notes(let text):
      guard let notesFile else { return }
      report { try OutputFile.write(Data(text.utf8), to: notesFile) }
    }
  }

  /// What goes wrong beside the run is said, and the explorer lives on.
  private func report(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      dispatch(.notice((error as? RunError)?.description ?? error.localizedDescription))
    }
  }

  private func elapsed() -> Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}

extension FrameStatistics {
  /// What the loop has measured so far.
  fileprivate init(_ loop: LoopStatistics) {
    let wall = max(1e-9, Double(loop.wallNanoseconds) / 1e9)
    self.init(
      framesPerSecond: Double(loop.frames) / wall,
      frameMilliseconds: (loop.buildAndPush.mean ?? 0) / 1e6,
      bytesPerFrame: loop.bytesPerFrame ?? 0, cpuShare: loop.processorShare ?? 0)
  }
}
