import ArgumentParser
import CursesTerminal
import Explorer
import Foundation
import Lessons
import Optimizers
import Presets
import RunModel
import TerminalUI
import Workloads

/// `magmascope [explore]`: the interactive explorer; without a terminal on stdout, plain training.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Opens the explorer with the chosen comparison running.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var display: DisplayFlags

  func run() throws {
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    let configuration = try selection.configuration(library: library)
    let options = try display.options()
    guard isatty(STDOUT_FILENO) == 1 else {
      return try HeadlessTraining(configuration: configuration, format: .plain).run()
    }
    if let status = Supervisor.run() { throw ExitCode(status) }
    try MainActor.assumeIsolated {
      try Self.explore(configuration, library: library, options: options, display: display)
    }
  }

  @MainActor
  static func explore(
    _ configuration: RunConfiguration, library: PresetLibrary, options: DisplayOptions,
    display: DisplayFlags, lesson: Lesson? = nil, notesFile: String? = nil
  ) throws {
    let signals = TerminalSignals.install()
    TerminalSignals.block()
    let terminal: CursesTerminal
    do {
      terminal = try CursesTerminal(options)
    } catch {
      throw RunError(.terminal, error.description)
    }
    TerminalSignals.unblock()
    var opened = state(configuration, library: library, options: options, terminal: terminal)
    opened.lessons = LessonShelf.desk(opening: lesson)
    let session = ExplorerSession(state: opened, terminal: terminal, notesFile: notesFile)
    if let crash = display.crashTest.flatMap(CrashTest.init(rawValue:)) { crash.perform() }
    let statistics = session.run(signals: signals, framesPerSecond: options.framesPerSecond)
    terminal.close()
    if let file = display.stats {
      try OutputFile.write(Data(statistics.json.utf8), to: file)
    }
    for note in session.farewell { Diagnostics.say(note) }
    if let code = session.exitCode { throw InterruptedRun(exitCode: code) }
  }

  @MainActor
  private static func state(
    _ configuration: RunConfiguration, library: PresetLibrary, options: DisplayOptions,
    terminal: CursesTerminal
  ) -> ExplorerState {
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
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
        version: Magmascope.version, glyphs: terminal.capabilities.glyphs,
        theme: Theme.named(options.theme) ?? .standard, mouse: options.mouse,
        exports: ExplorerSession.exports, framesPerSecond: options.framesPerSecond))
  }
}
