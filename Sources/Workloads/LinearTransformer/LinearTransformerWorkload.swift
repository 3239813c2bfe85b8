import RunModel
import TensorKernels

/// See `LinearTransformerSource`; computes in double precision from single-precision weights.
final class LinearTransformerWorkload: Workload {
  private let source: LinearTransformerSource
  let layout: TensorLayout

  init(_ source: LinearTransformerSource) {
    self.source = source
    layout = source.layout
  }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: .initialization)
    for i in parameters.indices {
      parameters[i] = Float(LinearTransformerSource.initialDeviation * random.normal())
    }
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    let model = model(parameters)
    let zero = SmallMatrix(size: source.dimension + 1)
    var sums = model.layers.map { _ in (p: zero, q: zero) }
    var loss = 0.0
    var random = batch.randomStream
    for _ in 0..<source.batch {
      loss += model.lossAndGradient(
        draw(&random), weight: 1 / Double(source.batch), into: &sums)
    }
    for (layer, sum) in sums.enumerated() {
      store(sum.p, in: &gradients, entry: 2 * layer)
      store(sum.q, in: &gradients, entry: 2 * layer + 1)
    }
    return loss / Double(source.batch)
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    let model = model(parameters)
    var random = batch.randomStream
    var loss = 0.0
    for _ in 0..<source.batch { loss += model.loss(draw(&random)) }
    return loss / Double(source.batch)
  }

  func evaluate(parameters: Span<Float>) -> Double {
    let model = model(parameters)
    return source.heldOut.reduce(0) { $0 + model.loss($1) } / Double(source.heldOut.count)
  }

  private func draw(_ random: inout RandomStream) -> RegressionPrompt {
    RegressionPrompt.draw(
      tails: source.tails, dimension: source.dimension, examples: source.examples, &random)
  }

  private func model(_ parameters: Span<Float>) -> LinearAttention {
    LinearAttention(
      layers: (0..<source.layers).map {
        (matrix(parameters, entry: 2 * $0), matrix(parameters, entry: 2 * $0 + 1))
      })
  }

  private func matrix(_ parameters: Span<Float>, entry: Int) -> SmallMatrix {
    var matrix = SmallMatrix(size: source.dimension + 1)
    let start = entry * matrix.elements.count
    for i in matrix.elements.indices { matrix.elements[i] = Double(parameters[start + i]) }
    return matrix
  }

  private func store(_ matrix: SmallMatrix, in gradients: inout MutableSpan<Float>, entry: Int) {
    let start = entry * matrix.elements.count
    for i in matrix.elements.indices { gradients[start + i] = Float(matrix.elements[i]) }
  }
}
