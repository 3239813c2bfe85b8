import ArgumentParser
import RunModel
import Statistics
import Studies

/// `magmascope compare`: the verdict over finished runs, or over a sweep.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Judges the arms of run or sweep directories: verdict, checklist, grade, sentence.",
    discussion: """
      Several run directories are one experiment: the same arm with other seeds is joined, another \
      arm is compared. Runs that differ in data, model or budget are void; runs that share no seeds \
      are refused.

      JSON, version 1: directories; setting {model, data, loss, budget, declaredSeeds}; arms [{name, \
      seeds, diverged, finalLosses, cost {cpuSecondsPerStep, stateBytes, target, misses, \
      medianSteps, medianTokens, medianCPUSeconds}}]; cost {runs, cpuHours}; verdicts [{subject, \
      reference, claim, words, grade, untuned, outcome, comparison {mean, tTest, signFlip, wins, \
      ...}, adjustedP, control, stepsToTarget, exchange, checklist, robustness, power, \
      voidReasons, sentence, ...}]. Losses in their own unit, differences subject minus reference; \
      what depends on measured time stands under cost; what does not apply is left out.
      """)

  @Argument(help: "Directories that train --out or sweep --out wrote.")
  var directories: [String]

  @Option(help: "Form of the answer: plain, json or markdown.")
  var format: ComparisonFormat = .plain

  @Option(help: StudyFiles.marginHelp)
  var margin: Double?

  func run() throws {
    let margin = try StudyFiles.checkedMargin(margin)
    let (runs, sweeps) = try StudyFiles.read(directories)
    try StandardOutput().write(
      try Self.document(directories, runs: runs, sweeps: sweeps.map(\.sweep), margin: margin)
        .text(format))
  }

  /// The comparison of one kind of directory; the two kinds do not mix.
  static func document(
    _ directories: [String], runs: [FinishedRun], sweeps: [StoredSweep], margin: Margin
  ) throws -> ComparisonDocument {
    guard sweeps.isEmpty || (runs.isEmpty && sweeps.count == 1) else {
      throw RunError(
        .usage, "a sweep is compared by itself",
        remedy: "give one sweep directory, or run directories only")
    }
    if let sweep = sweeps.first {
      return SweepFindings(sweep).comparison(
        directories, margin: margin,
        stateBytes: OptimizerMemory.bytes(in: sweep.plan.configuration))
    }
    guard let experiment = try RunComparison(runs).experiment(margin: margin),
      !experiment.comparisons.isEmpty
    else {
      throw RunError(
        .usage, "there are no two arms to compare", remedy: "give runs with at least two arms")
    }
    return ComparisonDocument(
      directories: directories, experiment,
      stateBytes: OptimizerMemory.bytes(in: runs.first?.configuration))
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
