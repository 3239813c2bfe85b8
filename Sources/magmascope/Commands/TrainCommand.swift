import ArgumentParser
import Export
import Foundation
import Optimizers
import Presets
import RunModel
import Workloads

/// `magmascope train`: the explorer's engine without its screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains all arms side by side and prints one line per arm and evaluation.")

  @OptionGroup var selection: SelectionOptions

  @Option(help: "Form of the lines: plain, jsonl or csv.")
  var format: RecordFormat = .plain

  @Option(help: "Keep the run in this new directory: records, journal, checkpoints.")
  var out: String?

  @Option(help: "Go on with the run in this directory, from its last checkpoint.")
  var resume: String?

  func run() throws {
    guard let resume else {
      let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
      let configuration = try selection.configuration(library: library)
      return try HeadlessTraining(
        configuration: configuration, format: format,
        place: out.map { .new(directory: $0) } ?? .nowhere
      ).run()
    }
    guard selection.isEmpty, out == nil else {
      throw RunError(
        .usage, "a resumed run keeps its own configuration", place: "--resume",
        remedy: "leave out every other flag but --format")
    }
    let stored = try StoredRun(directory: resume)
    try HeadlessTraining(
      configuration: stored.configuration, format: format, place: .resumed(stored)
    ).run()
  }
}

extension RecordFormat: ExpressibleByArgument {}
