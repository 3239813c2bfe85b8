import ArgumentParser
import Foundation
import RunModel
import TensorKernels

/// `magmascope bench`: tokens a second of the real engine, and where a step's time goes.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures training speed against this machine's limit.",
    discussion: """
      Phases are those of one arm on one thread. 'optimizer' is Adam's step; 'masking' is what \
      Magma(Adam) takes more. It is below zero when the writes that masked blocks skip save more \
      than the mask costs.
      """)

  @Option(help: "Model size: nano, micro, tiny or small.")
  var model: ModelSize = .micro

  @Option(help: "What operands of matrix products are rounded to: fp32 or bf16.")
  var precision = ModelConfiguration.Precision.fp32

  @Option(help: "Arms trained side by side: Adam and Magma(Adam) in turn.")
  var arms = 1

  @Option(help: "Maximum threads (default: all cores).")
  var threads: Int?

  @Option(help: "Seconds to measure for.")
  var seconds = 4.0

  @Flag(help: "As one JSON object.")
  var json = false

  func run() throws {
    guard (1...64).contains(arms) else {
      throw RunError(.usage, "\(arms) is out of range", place: "--arms", remedy: "allowed: 1..64")
    }
    guard (0.1...600).contains(seconds) else {
      throw RunError(
        .usage, "\(seconds) is out of range", place: "--seconds", remedy: "allowed: 0.1..600")
    }
    var configuration = ModelConfiguration(size: model)
    configuration.precision = precision
    let benchmark = TrainingBenchmark(
      model: configuration, arms: arms,
      threads: try check(threads, "--threads", 1...1024), seconds: seconds)
    let report = try benchmark.measure()
    json ? try printJSON(report) : try printText(report)
  }

  private func printJSON(_ report: TrainingBenchmark.Report) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try StandardOutput().write(
      String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
  }

  private func printText(_ report: TrainingBenchmark.Report) throws {
    var lines = [
      "model      \(report.model), \(report.arms) arm(s), at most \(report.threads) thread(s)",
      "kernels    \(report.kernels)",
      String(format: "speed      %.0f tokens/s, all arms together", report.tokensPerSecond),
      String(format: "step       %.3f ms", report.msPerStep),
      String(
        format: "peak       %.1f %% of %.1f GFLOP/s", 100 * report.peakShare, report.peakGFLOPs),
      "one arm on one thread, ms a step",
    ]
    for phase in ["forward", "backward", "optimizer", "masking"] {
      lines.append(
        "  " + phase.padding(toLength: 10, withPad: " ", startingAt: 0)
          + String(format: "%8.3f", report.phases[phase] ?? 0))
    }
    try StandardOutput().write(lines.joined(separator: "\n") + "\n")
  }
}
