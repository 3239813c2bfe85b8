import Foundation
import Optimizers
import RunModel
import Statistics
import TensorKernels
import Workloads

extension ScienceChecks {
  /// The slope along the gradient against a central difference of the loss.
  static func gradient() throws -> (Bool, String) {
    let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
    let source = try WorkloadRegistry.source(
      for: RunConfiguration(
        title: "doctor", model: ModelConfiguration(size: .nano),
        arms: [try grammar.parse("adam")]))
    let workload = source.makeWorkload(threads: 1)
    let batch = BatchKey(seed: 1, step: 1)
    var weights = [Float](repeating: 0, count: workload.layout.count)
    var gradients = weights
    var span = weights.mutableSpan
    workload.initialize(&span, seed: 1)
    var gradientSpan = gradients.mutableSpan
    _ = workload.lossAndGradient(
      parameters: weights.span, gradients: &gradientSpan, batch: batch)
    let norm = gradients.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let distance = 1e-2
    func loss(_ sign: Double) -> Double {
      let moved = zip(weights, gradients).map {
        Float(Double($0) + sign * distance * Double($1) / norm)
      }
      return workload.loss(parameters: moved.span, batch: batch)
    }
    let slope = (loss(1) - loss(-1)) / (2 * distance)
    let error = abs(slope - norm) / norm
    return (error < 5e-3, String(format: "slope %.5f, gradient %.5f", slope, norm))
  }

  /// 200 comparisons of one optimizer with itself on unlike seeds: about 5 % may be decided.
  static func falsePositives() throws -> (Bool, String) {
    let grammar = ArmGrammar(catalog: OptimizerRegistry.catalog)
    let source = try WorkloadRegistry.source(
      for: RunConfiguration(
        title: "doctor", workload: "quadratic", arms: [try grammar.parse("adam")]))
    let workload = source.makeWorkload(threads: 1)
    let (trials, seeds) = (200, 8)
    var decided = 0
    var seed: UInt64 = 0
    func loss() throws -> Double {
      seed += 1
      var trainer = try TinyTrainer("adam:lr=0.02", workload: workload, seed: seed)
      trainer.advance(steps: 40)
      return trainer.loss
    }
    for _ in 0..<trials {
      let differences = try (0..<seeds).map { index in
        PairedDifference(seed: UInt64(index), difference: try loss() - (try loss()))
      }
      guard let comparison = PairedComparison(differences) else { continue }
      let outcome = Outcome.judge(
        interval: comparison.tTest?.interval, adjustedP: comparison.signFlip.pValue, seeds: seeds,
        margin: 0)
      if outcome.isDecided { decided += 1 }
    }
    let limit = Binomial.quantile(0.99, trials: trials, probability: 0.05)
    return (decided <= limit, "\(decided) of \(trials) decided, at most \(limit) may be")
  }
}
