import Optimizers
import RunModel
import TensorKernels
import Workloads

/// Trains one arm on one workload with nothing around it: for checks of the pieces themselves.
struct TinyTrainer {
  private let workload: any Workload
  private(set) var optimizer: ArmOptimizer
  private(set) var weights: [Float]
  private var gradients: [Float]
  private let seed: UInt64
  private var step = 0

  init(_ arm: String, workload: any Workload, seed: UInt64) throws {
    let specification = try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(arm)
    self.workload = workload
    self.seed = seed
    optimizer = try ArmOptimizer(specification, layout: workload.layout)
    weights = Array(repeating: 0, count: workload.layout.count)
    gradients = weights
    var span = weights.mutableSpan
    workload.initialize(&span, seed: seed)
  }

  /// One update on the seed's next batch; `drops` forces every coin to drop its block.
  mutating func advance(drops: Bool = false) {
    step += 1
    if drops { optimizer.forcedCoins = Array(repeating: false, count: optimizer.outcomes.count) }
    Self.fill(&gradients, from: workload, at: weights, BatchKey(seed: seed, step: step))
    Self.move(&weights, by: &optimizer, gradients, StepContext(step: step, seed: seed))
  }

  private static func fill(
    _ gradients: inout [Float], from workload: any Workload, at weights: [Float], _ key: BatchKey
  ) {
    var span = gradients.mutableSpan
    _ = workload.lossAndGradient(parameters: weights.span, gradients: &span, batch: key)
  }

  private static func move(
    _ weights: inout [Float], by optimizer: inout ArmOptimizer, _ gradients: [Float],
    _ context: StepContext
  ) {
    var span = weights.mutableSpan
    optimizer.step(parameters: &span, gradients: gradients.span, context: context)
  }

  mutating func advance(steps: Int) {
    for _ in 0..<steps { advance() }
  }

  /// The held-out loss.
  var loss: Double { workload.evaluate(parameters: weights.span) }
}
