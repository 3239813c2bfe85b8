import RunModel
import TensorKernels

/// Trains on a random few of the quadratic's nine rows at a time; validates on all of them.
final class QuadraticWorkload: Workload {
  private let source: QuadraticSource
  /// The weights, their gradient and the order of the rows at hand; a step allocates nothing.
  private var w = [Double](repeating: 0, count: QuadraticProblem.dimension)
  private var gradient = [Double](repeating: 0, count: QuadraticProblem.dimension)
  private var order = [Int](repeating: 0, count: QuadraticProblem.dimension)

  init(_ source: QuadraticSource) { self.source = source }

  var layout: TensorLayout { source.layout }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    for i in parameters.indices { parameters[i] = Float(source.start) }
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    load(parameters)
    draw(batch)
    source.problem.gradient(
      w, rows: order[..<source.rowsPerStep], weight: source.rowWeight, into: &gradient)
    for i in gradients.indices { gradients[i] = Float(gradient[i]) }
    return drawnLoss
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    load(parameters)
    draw(batch)
    return drawnLoss
  }

  /// The full loss `½ wᵀHw`.
  func evaluate(parameters: Span<Float>) -> Double {
    load(parameters)
    return source.problem.loss(w)
  }

  /// The rows of a step: drawn without replacement, a pure function of the key.
  private func draw(_ key: BatchKey) {
    var random = key.randomStream
    random.permute(&order)
  }

  private var drawnLoss: Double {
    source.problem.loss(w, rows: order[..<source.rowsPerStep], weight: source.rowWeight)
  }

  private func load(_ parameters: Span<Float>) {
    for i in w.indices { w[i] = Double(parameters[i]) }
  }
}

extension QuadraticWorkload: PreciseWorkload {
  func preciseLoss(parameters: [Double]) -> Double { source.problem.loss(parameters) }
}
