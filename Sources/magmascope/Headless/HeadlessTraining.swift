import EventStream
import Export
import Foundation
import Logging
import Presets
import RunModel
import RunStore

/// One headless run: data on stdout, progress on stderr, the right exit code.
struct HeadlessTraining {
  /// Where the run is kept.
  enum Place {
    case nowhere
    case new(directory: String)
    case resumed(StoredRun)
  }

  var configuration: RunConfiguration
  var format: RecordFormat
  var place = Place.nowhere
  var probes: [ProbeCadence] = []

  func run() throws {
    let signals = SignalWatcher(isHolding: false)
    // Made before the directory, so that bad data leaves nothing behind.
    var run = try HeadlessRun(configuration: configuration, signals: signals)
    let stamp = RunStamp.current(configuration)
    Logger(label: "magmascope").info(
      "\(configuration.title): \(configuration.steps) steps, kernels \(stamp.kernelLevel)")
    Diagnostics.say(try run.memoryStatement())
    signals.hold()
    let owned = try takeRun(textPrint: run.textPrint)
    let recorder = try owned.map { (owned) throws(RunError) in try makeRecorder(owned) }
    run.recorder = recorder
    if recorder == nil { run.patience = .milliseconds(500) }
    run.probes = probes
    if case .resumed(let stored) = place { run.checkpoint = stored.checkpoint }
    var output = RunOutput(isKept: recorder != nil) { signals.exitCode != nil }
    var progress = ProgressLine(totalSteps: finalStep)
    try output.write(format.header)
    let result = try run.run(
      onEvent: { event in
        switch event {
        case .evaluated(_, let record), .armFinished(_, let record):
          progress.finish()
          try output.write(format.line(record))
        case .probed(let reading):
          progress.finish()
          let report = ProbeReport(reading, lane: configuration.lanes[reading.arm.number])
          for line in report.lines { Diagnostics.say(line) }
        default: break
        }
      }, onProgress: { progress.update($0) })
    progress.finish()
    if format == .plain { StandardError.lines(finalTable(result.records)) }
    let trouble = recorder?.close()
    owned?.end()
    if let trouble { throw trouble }
    try report(result, signals)
    try output.finish()
  }

  /// The directory the run is kept in, as it is when the run begins or goes on.
  private func takeRun(textPrint: String?) throws(RunError) -> OwnedRun? {
    switch place {
    case .nowhere: return nil
    case .new(let path):
      let begun = configuration.begun.reading(textPrint)
      if begun.isOfStandardInput {
        Diagnostics.say(
          "a text from standard input is not kept: this run cannot be resumed; for that, save the "
            + "text and give its path")
      }
      return try .create(at: path, configuration: try PresetWriter.yaml(begun))
    case .resumed(let stored):
      try stored.run.goOn(from: stored.checkpoint)
      return stored.run
    }
  }

  /// Where the run ends, by its journal.
  private var finalStep: Int {
    guard case .resumed(let stored) = place else { return configuration.steps }
    return RunCourse(configuration, journal: stored.checkpoint?.journal ?? []).finalStep
  }

  private func makeRecorder(_ run: OwnedRun) throws(RunError) -> Recorder {
    try Recorder(
      run, configuration: configuration.begun, stamp: .current(configuration),
      line: { RecordFormat.jsonl.line($0) },
      notify: { report in
        switch report {
        case .failed(let error): Diagnostics.say(error.description)
        case .dropped(let rows):
          Diagnostics.say("\(rows) rows could not be kept: the disk is too slow")
        case .checkpointed: break
        }
      })
  }

  private func report(_ result: HeadlessRun.Result, _ signals: SignalWatcher) throws {
    if let code = signals.exitCode {
      if case .new(let path) = place {
        Diagnostics.say("stopped and saved; go on with: magmascope train --resume \(path)")
      }
      throw InterruptedRun(exitCode: code)
    }
    if result.outcome == .everyArmDiverged {
      throw RunError(
        .failure, "every arm diverged", remedy: "lower the learning rate, or give --clip 1")
    }
  }

  private func finalTable(_ records: [EvaluationRecord]) -> String {
    "\n" + SummaryTable.results(records.filter { $0.final == true }).markdown
  }
}
