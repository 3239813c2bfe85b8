import TensorKernels

/// See `NoiseSource`.
final class NoiseWorkload: Workload {
  let layout: TensorLayout
  private let scale: Double

  init(_ source: NoiseSource) {
    layout = source.layout
    scale = 1 / Double(source.elements).squareRoot()
  }

  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    for i in parameters.indices { parameters[i] = 0 }
  }

  func lossAndGradient(
    parameters: Span<Float>, gradients: inout MutableSpan<Float>, batch: BatchKey
  ) -> Double {
    var random = batch.randomStream
    var loss = 0.0
    for i in gradients.indices {
      let gradient = Float(random.normal() * scale)
      gradients[i] = gradient
      loss += Double(gradient) * Double(parameters[i])
    }
    return loss
  }

  func loss(parameters: Span<Float>, batch: BatchKey) -> Double {
    loss(parameters, batch.randomStream)
  }

  func evaluate(parameters: Span<Float>) -> Double {
    loss(parameters, RandomStream(seed: 0, purpose: .evaluation))
  }

  private func loss(_ parameters: Span<Float>, _ stream: RandomStream) -> Double {
    var random = stream
    var loss = 0.0
    for i in parameters.indices {
      loss += Double(Float(random.normal() * scale)) * Double(parameters[i])
    }
    return loss
  }
}
