import EventStream
import Explorer
import LessonStage
import Lessons
import Optimizers
import Presets
import RunModel
import TerminalUI
import Training
import Workloads

/// The explorer with a lesson on screen 5 and real runs behind it, driven by keys.
@MainActor
struct LessonDriver {
  private struct Live {
    var number: Int
    var controller: RunController
    var channels: RunChannels
  }

  var state: ExplorerState
  private(set) var progress: [String: LessonProgress] = [:]
  private(set) var notes: [String] = []
  private var live: Live?

  static let builder = ConfigurationBuilder(
    catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
  static var library: LessonLibrary { LessonLibrary(builder: builder) }

  init(progress: [String: LessonProgress] = [:]) throws {
    state = ExplorerState(
      catalog: Fake.catalog, workloads: Fake.workloads, presets: try Fake.presets(),
      configuration: try Fake.configuration(),
      options: ExplorerOptions(version: "0.1.0", exports: [.csv, .svg]))
    state.lessons.lessons = try Self.library.all()
    state.lessons.progress = progress
    self.progress = progress
  }

  mutating func open(_ name: String) throws {
    state.lessons.opening = try Self.library.lesson(name)
    perform(launch(&state))
    settle()
  }

  /// Presses keys one after another; whatever is trained is over or paused after each.
  mutating func press(_ keys: Key...) {
    for key in keys {
      perform(reduce(&state, .key(key)))
      settle()
    }
  }

  mutating func type(_ text: String) { for character in text { press(.character(character)) } }

  var page: String { state.lessons.player?.page ?? "" }

  func screen(_ width: Int, _ height: Int) -> String {
    view(state, size: Size(width: width, height: height)).buffer.plainText()
  }

  private mutating func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .start(let configuration, let run):
        start(configuration, RunOptions(probeRunner: RegisteredProbes()), run)
      case .lesson(.start(let start, let run)):
        self.start(start.configuration, RunOptions(start), run)
      case .lesson(.keep(let progress)): self.progress = progress
      case .lesson(.notes(let text)): notes.append(text)
      case .command(let command): live?.controller.send(command)
      case .open, .watch, .sweep, .estimate, .completePath, .savePreset, .listRuns, .nameRun,
        .deleteRun, .overlay, .sample, .branch, .computeAgain, .stopReplay,
        .save, .export, .remember, .quit, .suspend, .redraw, .setMouse, .copy:
        break
      }
    }
  }

  private mutating func start(
    _ configuration: RunConfiguration, _ options: RunOptions, _ number: Int
  ) {
    live?.controller.stop()
    live?.controller.waitUntilFinished()
    guard let source = try? WorkloadRegistry.source(for: configuration) else { return }
    let channels = RunChannels(rows: RowMailbox(blockCount: source.layout.blocks.count))
    let controller = RunController(
      configuration: configuration, source: source, channels: channels, options: options)
    live = Live(number: number, controller: controller, channels: channels)
    controller.start()
  }

  /// Hands news over until the run stands still and the lesson waits for nothing.
  private mutating func settle() {
    while let live {
      var batch = RunBatch(run: live.number)
      live.channels.events.drain(into: &batch.events)
      if let mailbox = live.channels.rows {
        batch.rows = mailbox.empty
        mailbox.drain(into: &batch.rows)
      }
      let isNew = !batch.events.isEmpty || !batch.rows.isEmpty
      perform(reduce(&state, .run(batch)))
      let phase = state.history.phase
      if !isNew, phase == .paused || phase.isOver, state.lessons.player?.isWaiting != true {
        return
      }
    }
  }
}
