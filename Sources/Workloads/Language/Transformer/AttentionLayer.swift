import TensorKernels

/// middle = x + attention(norm(x))·Woᵀ, with q | k | v = norm(x)·Wᵀ rotated.
extension TransformerShard {
  /// x [M, d] → middle [M, d]
  func attentionForward(
    _ layer: ShardBuffers.Layer, _ weights: TransformerTensors.Layer,
    _ panels: PackedWeights.Layer, _ pass: Pass
  ) {
    let (x, normed) = (layer.input.first(pass.tokens), layer.inputNormed.first(pass.tokens))
    let queryKeyValue = layer.queryKeyValue.first(pass.tokens)
    let (attended, middle) = (layer.attended.first(pass.tokens), layer.middle.first(pass.tokens))
    normalize(x, weights.inputNorm, into: normed, layer.inputDeviation)
    kernels.multiply(normed, panels.queryKeyValue, into: queryKeyValue)
    addBias(weights.queryKeyValueBias, to: queryKeyValue)
    rotate(queryKeyValue, pass, inverse: false)
    attention.forward(
      queryKeyValue, length: pass.length, into: attended, normalizers: layer.normalizers,
      kernels: kernels)
    middle.copy(from: x)
    kernels.multiply(attended, panels.attentionOutput, into: middle, accumulate: true)
    addBias(weights.attentionOutputBias, to: middle)
  }

  /// Turns dStream from the gradient of `middle` into that of x.
  func attentionBackward(
    _ layer: ShardBuffers.Layer, _ weights: TransformerTensors.Layer,
    _ gradients: TransformerTensors.Layer, _ pass: Pass
  ) {
    let dStream = buffers.dStream.first(pass.tokens)
    let dNormed = buffers.dNormed.first(pass.tokens)
    let dAttended = buffers.dAttended.first(pass.tokens)
    let dQueryKeyValue = buffers.dQueryKeyValue.first(pass.tokens)
    linearBackward(
      dStream, x: layer.attended.first(pass.tokens), weight: weights.attentionOutput,
      dX: dAttended, dW: gradients.attentionOutput, dBias: gradients.attentionOutputBias, pass)
    attention.backward(
      dAttended, qkv: layer.queryKeyValue.first(pass.tokens), length: pass.length,
      normalizers: layer.normalizers, dQKV: dQueryKeyValue, kernels: kernels)
    rotate(dQueryKeyValue, pass, inverse: true)
    linearBackward(
      dQueryKeyValue, x: layer.inputNormed.first(pass.tokens), weight: weights.queryKeyValue,
      dX: dNormed, dW: gradients.queryKeyValue, dBias: gradients.queryKeyValueBias, pass)
    normalizeBackward(
      dNormed, x: layer.input.first(pass.tokens), weights.inputNorm, layer.inputDeviation,
      dW: gradients.inputNorm)
  }

  /// Queries and keys lie side by side: they turn as one row of heads.
  private func rotate(_ queryKeyValue: Matrix, _ pass: Pass, inverse: Bool) {
    kernels.rotate(
      queryKeyValue, length: pass.length,
      heads: configuration.model.heads + configuration.model.keyHeads,
      headWidth: configuration.headWidth, cosines: rotary.cosines, sines: rotary.sines,
      inverse: inverse)
  }
}
