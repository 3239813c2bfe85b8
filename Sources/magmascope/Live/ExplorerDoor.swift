import CursesTerminal
import Explorer
import Foundation
import Lessons
import Optimizers
import Presets
import RunModel
import TerminalUI
import Workloads

/// Opens the terminal for the explorer, and gives it back.
@MainActor
struct ExplorerDoor {
  let display: DisplayFlags
  let options: DisplayOptions
  let terms: BackgroundRunner.Terms
  /// A lesson to open with, and where its speaker reads the page.
  var lesson: Lesson?
  var notesFile: String?
  /// A sweep to look at in place of a run.
  var sweep: String?

  /// Runs the explorer until it is left.
  ///
  /// - Parameter effects: what is shown first; nil: `configuration` begins.
  func enter(_ configuration: RunConfiguration, _ effects: [Effect]?) throws {
    let (memory, warning) = openMemory()
    let remembered = memory?.atStart ?? [:]
    var options = options
    options.complete(by: remembered)
    let signals = TerminalSignals.install()
    TerminalSignals.block()
    let terminal: CursesTerminal
    do {
      terminal = try CursesTerminal(options)
    } catch {
      throw RunError(
        .terminal, error.description,
        remedy:
          "use a terminal that can move its cursor, or train without a screen: magmascope train")
    }
    TerminalSignals.unblock()
    var state = Self.state(
      configuration, glyphs: terminal.capabilities.glyphs,
      theme: options.theme.flatMap(Theme.named) ?? .standard, mouse: options.mouse,
      canSave: terms.isRecording, framesPerSecond: options.framesPerSecond,
      presents: display.present)
    state.adopt(remembered)
    if let warning { _ = reduce(&state, .notice(warning)) }
    state.lessons = LessonShelf.desk(opening: lesson)
    let plan = sweep.map { state.watchSweep($0) } ?? effects
    let session = ExplorerSession(
      state: state, plan: plan, terms: terms, terminal: terminal, memory: memory,
      notesFile: notesFile)
    if let crash = display.crashTest.flatMap(CrashTest.init(rawValue:)) { crash.perform() }
    let statistics = session.run(signals: signals, framesPerSecond: options.framesPerSecond)
    terminal.close()
    if let file = display.stats {
      try OutputFile.write(Data(statistics.json.utf8), to: file)
    }
    for note in session.farewell { Diagnostics.say(note) }
    if let code = session.exitCode { throw InterruptedRun(exitCode: code) }
  }

  /// What is remembered; a file that cannot be understood is said so and left as it is.
  private func openMemory() -> (SettingsMemory?, warning: String?) {
    guard !display.defaults else { return (nil, nil) }
    do {
      return (try SettingsMemory(path: UserDirectories.settings), nil)
    } catch {
      let warning = error.description + " (the settings of the program are used)"
      Diagnostics.say(warning)
      return (nil, warning)
    }
  }

  /// The explorer before anything has happened.
  nonisolated static func state(
    _ configuration: RunConfiguration, glyphs: GlyphTier, theme: Theme, mouse: Bool, canSave: Bool,
    framesPerSecond: Int, presents: Bool = false
  ) -> ExplorerState {
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    let presets = library.names.compactMap { name -> PresetEntry? in
      guard let fields = try? library.fields(name),
        let run = try? builder.build(fields, category: .input)
      else { return nil }
      return PresetEntry(name: name, configuration: run)
    }
    return ExplorerState(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors,
      presets: presets, configuration: configuration,
      options: ExplorerOptions(
        version: Magmascope.version, glyphs: glyphs, theme: theme, mouse: mouse, canSave: canSave,
        exports: ExplorerSession.exports, framesPerSecond: framesPerSecond, presents: presents))
  }
}
