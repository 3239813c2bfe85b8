import TensorKernels

/// out = middle + (φ(gate) ∘ up)·Wdᵀ, with gate | up = norm(middle)·Wᵀ.
extension TransformerShard {
  /// middle [M, d] → out [M, d]
  func feedForwardForward(
    _ layer: ShardBuffers.Layer, _ weights: TransformerTensors.Layer,
    _ panels: PackedWeights.Layer, into stream: Matrix, _ pass: Pass
  ) {
    let (middle, normed) = (layer.middle.first(pass.tokens), layer.middleNormed.first(pass.tokens))
    let (gateUp, gated) = (layer.gateUp.first(pass.tokens), layer.gated.first(pass.tokens))
    let out = stream.first(pass.tokens)
    normalize(middle, weights.middleNorm, into: normed, layer.middleDeviation)
    kernels.multiply(normed, panels.gateUp, into: gateUp)
    addBias(weights.gateUpBias, to: gateUp)
    kernels.gate(gateUp, into: gated, configuration.model.gateActivation)
    out.copy(from: middle)
    kernels.multiply(gated, panels.down, into: out, accumulate: true)
    addBias(weights.downBias, to: out)
  }

  /// Turns dStream from the gradient of `out` into that of `middle`.
  func feedForwardBackward(
    _ layer: ShardBuffers.Layer, _ weights: TransformerTensors.Layer,
    _ gradients: TransformerTensors.Layer, _ pass: Pass
  ) {
    let (dGated, dNormed) = (
      buffers.dGated.first(pass.tokens), buffers.dNormed.first(pass.tokens)
    )
    let gateUp = layer.gateUp.first(pass.tokens)
    linearBackward(
      buffers.dStream.first(pass.tokens), x: layer.gated.first(pass.tokens), weight: weights.down,
      dX: dGated, dW: gradients.down, dBias: gradients.downBias, pass)
    kernels.gateBackward(
      dGated, gateUp: gateUp, dGateUp: gateUp, configuration.model.gateActivation)
    linearBackward(
      gateUp, x: layer.middleNormed.first(pass.tokens), weight: weights.gateUp, dX: dNormed,
      dW: gradients.gateUp, dBias: gradients.gateUpBias, pass)
    normalizeBackward(
      dNormed, x: layer.middle.first(pass.tokens), weights.middleNorm, layer.middleDeviation,
      dW: gradients.middleNorm)
  }
}
