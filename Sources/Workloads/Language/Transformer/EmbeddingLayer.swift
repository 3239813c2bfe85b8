import TensorKernels

/// x[i] = scale · E[token i]; backward scatters in the order of the tokens.
extension TransformerShard {
  /// inputs [M] → x [M, d]
  func embedForward(_ pass: Pass) {
    let target = (buffers.layers.first?.input ?? buffers.output).first(pass.tokens)
    kernels.gather(
      UnsafePointer(pass.parameters.embedding.base), indices: pass.inputs,
      scale: configuration.embeddingScale, into: target)
  }

  /// dE[token i] += scale · dx[i]
  func embedBackward(_ pass: Pass, _ gradients: TransformerTensors) {
    kernels.scatterAdd(
      buffers.dStream.first(pass.tokens), indices: pass.inputs,
      scale: configuration.embeddingScale, into: gradients.embedding.base)
  }
}
