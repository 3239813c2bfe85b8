import ArgumentParser
import Export
import Foundation
import Presets
import RunModel

/// `magmascope train`: the explorer's engine without its screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains all arms side by side and prints one line per arm and evaluation.")

  @OptionGroup var selection: SelectionOptions

  @Option(help: "Form of the lines: plain, jsonl or csv.")
  var format: RecordFormat = .plain

  func run() throws {
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    try HeadlessTraining(
      configuration: try selection.configuration(library: library), format: format
    ).run()
  }
}

extension RecordFormat: ExpressibleByArgument {}

/// One headless run: data on stdout, progress on stderr, the right exit code.
struct HeadlessTraining {
  var configuration: RunConfiguration
  var format: RecordFormat

  func run() throws {
    let signals = SignalWatcher { _ in }
    let output = StandardOutput()
    var progress = ProgressLine(totalSteps: configuration.steps)
    try output.write(format.header)
    let result = try HeadlessRun(configuration: configuration, signals: signals).run(
      onEvent: { event in
        switch event {
        case .evaluated(_, _, let record), .armFinished(_, _, let record):
          progress.finish()
          try output.write(format.line(record))
        default: break
        }
      }, onProgress: { progress.update($0) })
    progress.finish()
    if format == .plain { try output.write(finalTable(result.records)) }
    if let code = signals.exitCode { throw InterruptedRun(exitCode: code) }
    if result.outcome == .everyArmDiverged {
      throw RunError(
        .failure, "every arm diverged", remedy: "lower the learning rate, or give --clip 1")
    }
  }

  private func finalTable(_ records: [EvaluationRecord]) -> String {
    "\n" + SummaryTable.results(records.filter { $0.final == true }).markdown
  }
}

/// Data on stdout, complete lines at a time.
struct StandardOutput {
  func write(_ text: String) throws {
    guard !text.isEmpty else { return }
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw RunError(
        .failure, "cannot write to standard output (\(error.localizedDescription))",
        remedy: "check that the disk is not full and the reader is still there")
    }
  }
}
