import RunModel
import TensorKernels

/// Trains on a random few of the quadratic's nine rows at a time; validates on all of them.
final class QuadraticWorkload: Workload {
  private let source: QuadraticSource

  init(_ source: QuadraticSource) { self.source = source }

  var layout: TensorLayout { source.layout }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    for i in parameters.indices { parameters[i] = Float(source.start) }
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    let w = Self.double(parameters)
    let rows = drawnRows(batch)
    let gradient = source.problem.gradient(w, rows: rows, weight: source.rowWeight)
    for i in gradients.indices { gradients[i] = Float(gradient[i]) }
    return source.problem.loss(w, rows: rows, weight: source.rowWeight)
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    source.problem.loss(
      Self.double(parameters), rows: drawnRows(batch), weight: source.rowWeight)
  }

  /// The full loss `½ wᵀHw`.
  func evaluate(parameters: Span<Float>) -> Double { source.problem.loss(Self.double(parameters)) }

  /// The rows of a step: drawn without replacement, a pure function of the key.
  func drawnRows(_ key: BatchKey) -> ArraySlice<Int> {
    var random = key.randomStream
    return random.permutation(QuadraticProblem.dimension)[..<source.rowsPerStep]
  }

  private static func double(_ parameters: Span<Float>) -> [Double] {
    parameters.indices.map { Double(parameters[$0]) }
  }
}

extension QuadraticWorkload: PreciseWorkload {
  func preciseLoss(parameters: [Double]) -> Double { source.problem.loss(parameters) }
}
