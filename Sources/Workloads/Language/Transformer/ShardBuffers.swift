import TensorKernels

/// What one shard keeps between forward and backward, for `tokens` tokens at most.
struct ShardBuffers {
  /// M tokens, width d, inner width f, heads h, queries of all heads q, keys of all heads k.
  struct Layer {
    let input: Matrix  // [M, d]
    let inputNormed: Matrix  // [M, d]
    let inputDeviation: UnsafeMutablePointer<Float>  // [M]
    let queryKeyValue: Matrix  // [M, q + 2k], rotated
    let attended: Matrix  // [M, q]
    let normalizers: UnsafeMutablePointer<Float>  // [M·h·2]
    let middle: Matrix  // [M, d]
    let middleNormed: Matrix  // [M, d]
    let middleDeviation: UnsafeMutablePointer<Float>  // [M]
    let gateUp: Matrix  // [M, 2f]; backward leaves its gradient here
    let gated: Matrix  // [M, f]

    init(_ tokens: Int, _ configuration: TransformerConfiguration, _ carver: inout Carver) {
      let (d, f) = (configuration.model.width, configuration.model.ffn)
      input = carver.matrix(tokens, d)
      inputNormed = carver.matrix(tokens, d)
      inputDeviation = carver.vector(tokens)
      queryKeyValue = carver.matrix(tokens, configuration.queryKeyValueWidth)
      attended = carver.matrix(tokens, configuration.model.queryWidth)
      normalizers = carver.vector(2 * tokens * configuration.model.heads)
      middle = carver.matrix(tokens, d)
      middleNormed = carver.matrix(tokens, d)
      middleDeviation = carver.vector(tokens)
      gateUp = carver.matrix(tokens, 2 * f)
      gated = carver.matrix(tokens, f)
    }
  }

  let layers: [Layer]
  let output: Matrix  // [M, d], after the last layer
  let outputNormed: Matrix  // [M, d]
  let outputDeviation: UnsafeMutablePointer<Float>  // [M]
  let logits: Matrix  // [chunk, V]; backward leaves their gradient here
  let dStream: Matrix  // [M, d]
  let dNormed: Matrix  // [M, d]
  /// [M, q]; the same floats as `dNormed` where their shapes agree.
  let dAttended: Matrix
  let dQueryKeyValue: Matrix  // [M, q + 2k]
  let dGated: Matrix  // [M, f]
  let attentionScratch: UnsafeMutablePointer<Float>

  init(_ configuration: TransformerConfiguration, _ carver: inout Carver) {
    let (model, tokens) = (configuration.model, configuration.passTokens)
    layers = (0..<model.layers).map { _ in Layer(tokens, configuration, &carver) }
    output = carver.matrix(tokens, model.width)
    outputNormed = carver.matrix(tokens, model.width)
    outputDeviation = carver.vector(tokens)
    logits = carver.matrix(Self.chunk(configuration), configuration.vocabulary)
    dStream = carver.matrix(tokens, model.width)
    dNormed = carver.matrix(tokens, model.width)
    dAttended =
      model.queryWidth == model.width ? dNormed : carver.matrix(tokens, model.queryWidth)
    dQueryKeyValue = carver.matrix(tokens, configuration.queryKeyValueWidth)
    dGated = carver.matrix(tokens, model.ffn)
    attentionScratch = carver.vector(
      CausalAttention.scratchCount(length: model.context, headWidth: configuration.headWidth))
  }

  /// Tokens whose logits are held at once: about 128 KiB of them.
  private static func chunk(_ configuration: TransformerConfiguration) -> Int {
    min(configuration.passTokens, max(16, 32_768 / configuration.vocabulary))
  }
}
