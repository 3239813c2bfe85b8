import TensorKernels

/// loss = Σ −log softmax(cap(norm(x)·Wᵀ))[target], a chunk of tokens at a time.
extension TransformerShard {
  /// Sum of the tokens' losses; with gradients wanted, leaves dx in `dStream`.
  func headForwardBackward(_ pass: Pass) -> Double {
    let x = buffers.output.first(pass.tokens)
    let normed = buffers.outputNormed.first(pass.tokens)
    normalize(x, pass.parameters.finalNorm, into: normed, buffers.outputDeviation)
    var loss = 0.0
    for start in stride(from: 0, to: pass.tokens, by: buffers.logits.rows) {
      let end = min(start + buffers.logits.rows, pass.tokens)
      loss += headChunk(start..<end, pass, accumulates: pass.accumulates || start > 0)
    }
    guard let gradients = pass.gradients else { return loss }
    buffers.dStream.first(pass.tokens).clear()
    normalizeBackward(
      buffers.dNormed.first(pass.tokens), x: x, pass.parameters.finalNorm,
      buffers.outputDeviation, dW: gradients.finalNorm)
    return loss
  }

  /// logits [chunk, V] = normed·Wᵀ; dNormed = dLogits·W; dW (+)= dLogitsᵀ·normed
  private func headChunk(_ range: Range<Int>, _ pass: Pass, accumulates: Bool) -> Double {
    let logits = buffers.logits.first(range.count)
    let normed = buffers.outputNormed.rows(range)
    kernels.multiply(normed, packed.head(of: pass.parameters), into: logits)
    let loss = kernels.crossEntropy(
      logits, targets: pass.targets + range.lowerBound, softcap: configuration.finalSoftcap,
      gradientScale: pass.gradients == nil ? nil : pass.scale)
    guard let gradients = pass.gradients else { return loss }
    kernels.multiply(logits, pass.parameters.head, into: buffers.dNormed.rows(range))
    kernels.multiply(
      logits.transposed, normed, into: gradients.head, accumulate: accumulates)
    return loss
  }
}

extension TransformerShard {
  /// The logits after the last of `length` tokens, capped if the model caps them.
  func lastLogits(
    _ parameters: TransformerTensors, _ inputs: UnsafePointer<Int32>, length: Int,
    into logits: UnsafeMutablePointer<Float>
  ) {
    let pass = Pass(
      parameters: parameters, gradients: nil, inputs: inputs, targets: inputs, tokens: length,
      length: length, scale: 0, accumulates: false)
    forwardLayers(pass)
    let last = length - 1..<length
    let normed = buffers.outputNormed.rows(last)
    normalize(
      buffers.output.rows(last), parameters.finalNorm, into: normed, buffers.outputDeviation)
    let row = Matrix(logits, rows: 1, columns: configuration.vocabulary)
    kernels.multiply(normed, packed.head(of: parameters), into: row)
    if configuration.finalSoftcap > 0 { kernels.cap(row, configuration.finalSoftcap) }
  }
}
