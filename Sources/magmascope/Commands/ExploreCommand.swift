import ArgumentParser
import CursesTerminal
import Explorer
import Foundation
import Presets
import RunModel
import RunStore
import Studies
import TerminalUI

/// `magmascope [explore]`: the interactive explorer; without a terminal on stdout, plain training.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Opens the explorer with the chosen comparison running.",
    discussion: """
      Every run is kept in a directory from its first step. q ends at once; --continue goes on.
      """)

  @Argument(help: "A kept run: gone on with where it has not ended, else shown at its end.")
  var directory: String?

  @Flag(name: .customLong("continue"), help: "Go on with the newest run of the explorer.")
  var continues = false

  @Flag(help: "Begin paused; at step 0 nothing is trained yet.")
  var paused = false

  @Flag(name: .customLong("no-record"), help: "Keep no directory: the run is gone when it is left.")
  var isPrivate = false

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var display: DisplayFlags

  func run() throws {
    let options = try display.options()
    guard isatty(STDOUT_FILENO) == 1 else {
      guard try keptDirectory() == nil else {
        throw RunError(
          .usage, "a kept run is opened on a terminal", place: "explore",
          remedy: "magmascope screen DIR prints a frame, train --resume DIR goes on")
      }
      let configuration = try selection.configuration(library: library)
      return try HeadlessTraining(configuration: configuration, format: .plain).run()
    }
    let door = try door()
    if let status = Supervisor.run() { throw ExitCode(status) }
    try MainActor.assumeIsolated {
      try ExplorerDoor(
        display: display, options: options,
        terms: BackgroundRunner.Terms(isRecording: !isPrivate, startsPaused: paused)
      ).enter(door.configuration, door.effects)
    }
  }

  private var library: PresetLibrary {
    PresetLibrary(environment: ProcessInfo.processInfo.environment)
  }

  private func keptDirectory() throws -> String? {
    guard continues else {
      guard let directory else { return nil }
      return try existing(directory)
    }
    guard directory == nil else {
      throw RunError(
        .usage, "names a run and asks for the newest", place: "--continue",
        remedy: "give the directory or --continue")
    }
    return try RunReading.newest()
  }

  /// A word that is no directory is rather a misspelt command.
  private func existing(_ path: String) throws(RunError) -> String {
    guard !path.contains("/"), !FileManager.default.fileExists(atPath: path) else { return path }
    let commands = Magmascope.configuration.subcommands.compactMap { $0.configuration.commandName }
    throw RunError(
      .usage,
      "is neither a command nor the directory of a run" + suggestion(for: path, among: commands),
      place: path, remedy: "magmascope --help lists the commands")
  }

  /// What is shown first; a run that cannot be opened is refused before the terminal is taken.
  private func door() throws -> (configuration: RunConfiguration, effects: [Effect]?) {
    guard let path = try keptDirectory() else {
      return (try selection.configuration(library: library), nil)
    }
    let run = try OpenedRun(path)
    if run.directory.owner?.isPresent == true {
      throw RunError(
        .failure, "another process trains this run", place: path,
        remedy: "look at it with: magmascope watch \(path)")
    }
    return (run.configuration, [.open(directory: path, run: 0)])
  }
}

/// `magmascope watch`: the explorer on a run or sweep of other processes, reading only.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follows a run or a sweep of other processes, reading only.")

  @Argument(help: "The directory of a run or of a sweep.")
  var directory: String

  @OptionGroup var display: DisplayFlags

  func run() throws {
    let options = try display.options()
    let folder = StudyFiles.directory(directory)
    let isSweep = BoardFolder(folder).holdsSweep
    let configuration =
      isSweep
      ? try SweepJob.readable(in: folder).configuration : try OpenedRun(directory).configuration
    guard isatty(STDOUT_FILENO) == 1 else {
      throw RunError(
        .terminal, "a \(isSweep ? "sweep" : "run") is watched on a terminal", place: "watch",
        remedy: isSweep
          ? "magmascope sweep status \(directory) prints how it stands"
          : "magmascope screen \(directory) prints a frame")
    }
    if let status = Supervisor.run() { throw ExitCode(status) }
    try MainActor.assumeIsolated {
      var door = ExplorerDoor(
        display: display, options: options, terms: BackgroundRunner.Terms(isRecording: false))
      door.sweep = isSweep ? directory : nil
      try door.enter(configuration, [.watch(directory: directory, run: 0)])
    }
  }
}
