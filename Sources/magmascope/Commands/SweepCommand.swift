import ArgumentParser
import Foundation
import Optimizers
import Presets
import RunModel
import Statistics
import Studies
import TensorKernels
import Training
import Workloads

/// `magmascope sweep`: tunes every arm on an equal grid, then judges them on fresh seeds.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Tunes every arm on the same grid, then judges each at its best on fresh seeds.",
    discussion: """
      Seeds --seed and following choose the values, the ones after them judge. A matched arm is \
      trained beside the arm it follows, at the same values. A killed sweep goes on with --resume \
      and repeats no finished cell; --resume and --out alone take the plan from the directory.
      """)

  @OptionGroup var selection: SelectionOptions

  @Option(
    name: .customLong("grid"),
    help: "KEY=LOW..HIGH:COUNT[:log|linear], for example lr=1e-4..1e-1:7.")
  var grids: [String] = []

  @Option(help: "Seeds that choose the values.")
  var tuningSeeds = 3

  @Option(help: "Fresh seeds that judge the arms at their best; 0 stops after tuning.")
  var judgingSeeds = 8

  @Option(help: "Directory of the sweep.")
  var out: String

  @Flag(help: "Go on with the sweep in --out.")
  var resume = false

  @Option(help: "Form of the outcome: plain, jsonl or csv.")
  var format: SweepFormat = .plain

  @Option(help: StudyFiles.marginHelp)
  var margin: Double?

  func run() throws {
    let margin = try StudyFiles.checkedMargin(margin)
    _ = try nonEmpty(out, "--out")
    let directory = URL(fileURLWithPath: out)
    let plan = try plan(in: directory)
    _ = try WorkloadRegistry.source(for: plan.configuration)
    let signals = SignalWatcher()
    let (store, finished) = try SweepJob.open(
      directory, plan, isResuming: resume && !SweepStore.isFree(directory))
    let isComplete = try work(
      plan, store, finished: finished, workers: selection.threads ?? RunController.coreCount,
      signals: signals)
    if let code = signals.exitCode { throw InterruptedRun(exitCode: code) }
    guard isComplete else { throw RunError(.failure, "the sweep ended early", remedy: "--resume") }
    let findings = SweepFindings(try StoredSweep(reading: directory))
    try StandardOutput().write(
      try findings.document(
        format, margin: margin, stateBytes: OptimizerMemory.bytes(in: plan.configuration)))
    if findings.bestPoints.allSatisfy({ $0 == nil }) {
      throw RunError(.failure, "every cell diverged", remedy: "lower the grid, or give --clip 1")
    }
  }

  /// What the flags declare; with nothing but `--resume`, what the directory was declared with.
  private func plan(in directory: URL) throws -> SweepPlan {
    if resume, grids.isEmpty, selection.isEmptyButThreads {
      return try SweepJob.storedPlan(in: directory)
    }
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    return try SweepJob.plan(
      try selection.configuration(library: library), grids: grids, tuningSeeds: tuningSeeds,
      judgingSeeds: judgingSeeds)
  }

  private func work(
    _ plan: SweepPlan, _ store: SweepStore, finished: [CellResult], workers: Int,
    signals: SignalWatcher
  ) throws -> Bool {
    var progress = SweepProgress(plan)
    let runner = SweepRunner(
      plan: plan, store: store, workers: workers, shouldStop: { signals.exitCode != nil },
      runCell: { _, configuration in
        let result = try HeadlessRun(configuration: configuration, signals: signals)
          .run(onEvent: { _ in }, onProgress: { _ in })
        if signals.exitCode != nil { throw CellInterrupted() }
        return result.records
      })
    defer { progress.finish() }
    return try runner.run(finished: finished) { progress.tell($0) }
  }
}

extension SweepFormat: ExpressibleByArgument {}
