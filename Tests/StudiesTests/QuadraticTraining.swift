import Optimizers
import RunModel
import TensorKernels
import Workloads

/// Forty steps of an optimizer, without any of the trainer's machinery: hundreds fit a test.
enum QuadraticTraining {
  static func loss(
    _ arm: ArmSpecification, _ workload: any Workload, seed: UInt64
  ) throws -> Double {
    var optimizer = try ArmOptimizer(arm, layout: workload.layout)
    var weights = [Float](repeating: 0, count: workload.layout.count)
    var gradients = weights
    var span = weights.mutableSpan
    workload.initialize(&span, seed: seed)
    for step in 1...40 {
      var gradient = gradients.mutableSpan
      _ = workload.lossAndGradient(
        parameters: weights.span, gradients: &gradient, batch: BatchKey(seed: seed, step: step))
      var span = weights.mutableSpan
      optimizer.step(
        parameters: &span, gradients: gradients.span, context: StepContext(step: step, seed: seed))
    }
    return workload.evaluate(parameters: weights.span)
  }
}
