import Optimizers
import RunModel
import TensorKernels
import Training
import Workloads

/// What a step and an evaluation of an arm take on one core of this machine, in CPU seconds.
struct StepCost: Sendable {
  let secondsPerStep: Double
  let secondsPerEvaluation: Double

  /// Trains the arm for so many seconds, at least two steps.
  ///
  /// A control costs what its base costs; the arm it follows is counted apart.
  init(
    measuring arm: ArmSpecification, _ source: any WorkloadSource, seconds: Double
  ) throws(RunError) {
    let workload = source.makeWorkload(threads: 1)
    var optimizer = try ArmOptimizer(arm, layout: workload.layout)
    var weights = [Float](repeating: 0, count: workload.layout.count)
    var gradients = weights
    var span = weights.mutableSpan
    workload.initialize(&span, seed: 0)
    func clock(_ body: () -> Void) -> Double {
      let start = Machine.threadSeconds()
      body()
      return Machine.threadSeconds() - start
    }
    _ = workload.evaluate(parameters: weights.span)
    secondsPerEvaluation = clock { _ = workload.evaluate(parameters: weights.span) }
    var (step, spent) = (0, 0.0)
    while spent < seconds && step < 100_000 {
      step += 1
      let cost = clock {
        var gradient = gradients.mutableSpan
        _ = workload.lossAndGradient(
          parameters: weights.span, gradients: &gradient, batch: BatchKey(seed: 0, step: step))
        var weight = weights.mutableSpan
        optimizer.step(
          parameters: &weight, gradients: gradients.span,
          context: StepContext(step: step, scheduleFactor: 1e-6))
      }
      // The first step fills caches that later ones find filled.
      if step > 1 { spent += cost }
    }
    secondsPerStep = spent / Double(max(1, step - 1))
  }
}
