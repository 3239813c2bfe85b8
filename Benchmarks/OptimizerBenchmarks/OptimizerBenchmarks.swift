import Benchmark
import Optimizers
import RunModel
import TensorKernels
import Workloads

private let cost = BenchmarkMetric.custom(
  "picoseconds an element", polarity: .prefersSmaller, useScalingFactor: false)

/// One step of every base, and of the wrappers over Adam, on the blocks of the default model.
let benchmarks: @Sendable () -> Void = {
  let arms = OptimizerRegistry.catalog.bases.map(\.name) + ["skip(adam)", "magma(adam)"]
  let layout = TransformerConfiguration(ModelConfiguration(size: .micro), vocabulary: 256).layout
  for arm in arms {
    Benchmark(
      arm.replacing("(", with: "-").replacing(")", with: ""),
      configuration: .init(
        metrics: [cost], warmupIterations: 1, maxDuration: .seconds(1), maxIterations: 8,
        thresholds: [cost: BenchmarkThresholds(relative: [.p90: 25])])
    ) { benchmark in
      guard let stepper = Stepper(arm, layout) else { return benchmark.error("no such arm") }
      benchmark.measurement(cost, stepper.picoseconds())
    }
  }
}

/// An optimizer with parameters and gradients of its own.
private final class Stepper {
  private let parameters: TensorArena
  private let gradients: TensorArena
  private var optimizer: ArmOptimizer
  private var step = 0

  init?(_ arm: String, _ layout: TensorLayout) {
    guard let specification = try? OptimizerRegistry.arm(arm),
      let optimizer = try? ArmOptimizer(specification, layout: layout)
    else { return nil }
    self.optimizer = optimizer
    parameters = TensorArena(count: layout.count)
    gradients = TensorArena(count: layout.count)
    for i in 0..<layout.count { gradients.elements[i] = Float(i * 37 % 101) / 101 - 0.5 }
  }

  /// The best of ten groups of four steps, so that masks of a lucky step do not count alone.
  func picoseconds() -> Int {
    for _ in 0..<4 { take() }
    var best = Double.infinity
    for _ in 0..<10 {
      let start = Machine.threadSeconds()
      for _ in 0..<4 { take() }
      best = min(best, (Machine.threadSeconds() - start) / 4)
    }
    return Int((best / Double(parameters.count) * 1e12).rounded())
  }

  private func take() {
    step += 1
    var weights = parameters.elements.mutableSpan
    optimizer.step(
      parameters: &weights, gradients: gradients.elements.span,
      context: StepContext(step: step, scheduleFactor: 1e-6))
  }
}
