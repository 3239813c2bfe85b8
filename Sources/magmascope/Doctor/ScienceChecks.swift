import Foundation
import Optimizers
import RunModel
import Statistics
import Studies
import TensorKernels
import Workloads

/// What must hold for any comparison here to mean something (comparison.md section 5).
enum ScienceChecks {
  static var all: [SelfCheck] {
    [
      SelfCheck("A/A arms are bit-identical", isFine: repeatedArm),
      SelfCheck("two runs of a seed are bit-identical", isFine: repeatedRun),
      SelfCheck("magma without mask and temperature is adam at half the rate", isFine: halfRate),
      SelfCheck("dropping every update leaves the weights alone", isFine: nothingKept),
      SelfCheck("mask rates lie within their Binomial limits", isFine: maskRates),
      SelfCheck("alignment of noise sits on its null", isFine: nullAlignment),
      SelfCheck("gradient of the language model", isFine: gradient),
      SelfCheck("verdicts on 200 A/A pairs", isFine: falsePositives),
    ]
  }

  private static func configuration(
    _ workload: String, _ arms: [String], steps: Int, threads: Int? = nil
  ) throws -> RunConfiguration {
    let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
    return RunConfiguration(
      title: "doctor", workload: workload, model: ModelConfiguration(size: .nano), steps: steps,
      threads: threads, arms: try arms.map { try grammar.parse($0) })
  }

  private static func losses(_ configuration: RunConfiguration) throws -> [[Double?]] {
    let result = try HeadlessRun(configuration: configuration)
      .run(onEvent: { _ in })
    return configuration.lanes.map { lane in
      result.records.filter { $0.arm == lane.name }.flatMap { [$0.trainLoss, $0.validationLoss] }
    }
  }

  private static func repeatedArm() throws -> (Bool, String) {
    let arm = "magma(adam):lr=1e-3"
    let curves = try losses(try configuration("language", [arm, arm], steps: 20))
    return (curves[0] == curves[1] && curves[0].count > 2, "\(curves[0].count) losses compared")
  }

  private static func repeatedRun() throws -> (Bool, String) {
    let arms = ["adam:lr=1e-3", "magma(adam):lr=1e-3"]
    let one = try losses(try configuration("language", arms, steps: 20, threads: 1))
    let two = try losses(try configuration("language", arms, steps: 20, threads: 2))
    return (one == two, "on one thread and on two")
  }

  private static func halfRate() throws -> (Bool, String) {
    let source = try WorkloadRegistry.source(for: try configuration("noise", ["adam"], steps: 1))
    var half = try TinyTrainer("adam:lr=5e-4", workload: source.makeWorkload(threads: 1), seed: 1)
    var damped = try TinyTrainer(
      "magma(adam):lr=1e-3,mask=0,tau=1000,s0=0.5", workload: source.makeWorkload(threads: 1),
      seed: 1)
    half.advance(steps: 50)
    damped.advance(steps: 50)
    let largest = half.weights.map(\.magnitude).max() ?? 0
    let apart = zip(half.weights, damped.weights).map { ($0 - $1).magnitude }.max() ?? .infinity
    // tau = 1000 moves sigmoid(cos/tau) from a half by at most 1/4000 of the step.
    let share = Double(apart / max(largest, .leastNormalMagnitude))
    return (largest > 0 && share < 1e-3, String(format: "relative difference %.1e", share))
  }

  private static func nothingKept() throws -> (Bool, String) {
    let source = try WorkloadRegistry.source(for: try configuration("noise", ["adam"], steps: 1))
    var trainer = try TinyTrainer(
      "magma(adam)", workload: source.makeWorkload(threads: 1), seed: 1)
    let start = trainer.weights
    for _ in 0..<5 { trainer.advance(drops: true) }
    return (trainer.weights == start, "after 5 steps")
  }

  private static func maskRates() throws -> (Bool, String) {
    let steps = 2000
    let source = try WorkloadRegistry.source(
      for: try configuration("quadratic", ["adam"], steps: 1))
    var trainer = try TinyTrainer(
      "skip(adam):lr=1e-5,mask=0.5", workload: source.makeWorkload(threads: 1), seed: 3)
    var dropped = Array(repeating: 0, count: trainer.optimizer.outcomes.count)
    for _ in 0..<steps {
      trainer.advance()
      for (block, outcome) in trainer.optimizer.outcomes.enumerated() where outcome.keptShare == 0 {
        dropped[block] += 1
      }
    }
    let rates = dropped.map { Double($0) / Double(steps) }
    let expectation = MaskExpectation(keep: 0.5, steps: steps)
    let words = rates.map { String(format: "%.3f", $0) }.joined(separator: " ")
    return (!rates.contains { expectation.isSuspicious(maskRate: $0) }, words)
  }

  private static func nullAlignment() throws -> (Bool, String) {
    let source = try WorkloadRegistry.source(for: try configuration("noise", ["adam"], steps: 1))
    var words: [String] = []
    var isFine = true
    for (mu, null) in [("after", AlignmentNull.cosine(beta: 0.9)), ("before", 0)] {
      var trainer = try TinyTrainer(
        "magma(adam):mu=\(mu)", workload: source.makeWorkload(threads: 1), seed: 7)
      trainer.advance(steps: 40)
      var values: [Double] = []
      for _ in 0..<20 {
        trainer.advance()
        values += trainer.optimizer.outcomes.map { Double($0.alignment) }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      words.append(String(format: "%@ %.3f, expected %.3f", mu, mean, null))
      isFine = isFine && abs(mean - null) < 0.01
    }
    return (isFine, words.joined(separator: "; "))
  }
}
