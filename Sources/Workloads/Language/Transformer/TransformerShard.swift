import TensorKernels

/// One share of a batch with its own activations: runs its sequences through the model and back.
///
/// The number of shards and the sequences of each depend on the batch alone, never on the threads.
final class TransformerShard {
  let configuration: TransformerConfiguration
  var kernels: Kernels
  let packed: PackedWeights
  let rotary: RotaryTables
  let buffers: ShardBuffers
  let attention: CausalAttention
  private let arena: TensorArena

  /// Sum of the losses of the tokens of the last run.
  private(set) var lossSum = 0.0

  init(
    _ configuration: TransformerConfiguration, kernels: Kernels, packed: PackedWeights,
    rotary: RotaryTables
  ) {
    self.configuration = configuration
    self.kernels = kernels
    self.packed = packed
    self.rotary = rotary
    arena = TensorArena(count: Self.count(configuration))
    guard let base = arena.elements.baseAddress else { preconditionFailure("an empty arena") }
    var carver = Carver(base)
    buffers = ShardBuffers(configuration, &carver)
    attention = CausalAttention(
      heads: configuration.model.heads, keyHeads: configuration.model.keyHeads,
      headWidth: configuration.headWidth, softcap: configuration.attentionSoftcap,
      scratch: buffers.attentionScratch)
  }

  static func count(_ configuration: TransformerConfiguration) -> Int {
    Carver.measure { _ = ShardBuffers(configuration, &$0) }
  }

  /// Tokens and weights of one run; pointers are valid while it lasts.
  struct Work {
    var parameters: TransformerTensors
    /// Nil: the loss alone. Overwritten, whatever it holds.
    var gradients: TransformerTensors?
    var inputs: UnsafePointer<Int32>  // [sequences, length]
    var targets: UnsafePointer<Int32>
    var length: Int
    /// Factor of each token's gradient: 1/(batch·length).
    var scale: Float
  }

  /// Runs the sequences in `range`, as many at a time as the buffers hold.
  func run(_ work: Work, sequences range: Range<Int>) {
    lossSum = 0
    if let gradients = work.gradients { clearSparse(gradients) }
    let stride = max(1, configuration.passTokens / work.length)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + stride, range.upperBound)
      let isFirst = start == range.lowerBound
      runPass(work, first: start * work.length, tokens: (end - start) * work.length, isFirst)
      start = end
    }
  }

  private func runPass(_ work: Work, first: Int, tokens: Int, _ isFirst: Bool) {
    let pass = Pass(
      parameters: work.parameters, gradients: work.gradients, inputs: work.inputs + first,
      targets: work.targets + first, tokens: tokens, length: work.length, scale: work.scale,
      accumulates: !isFirst)
    forwardLayers(pass)
    lossSum += headForwardBackward(pass)
    if let gradients = pass.gradients { backwardLayers(pass, gradients) }
  }

  /// One group of sequences on its way through the layers.
  struct Pass {
    let parameters: TransformerTensors
    let gradients: TransformerTensors?
    let inputs: UnsafePointer<Int32>
    let targets: UnsafePointer<Int32>
    let tokens: Int
    let length: Int
    let scale: Float
    /// False for the first group, whose weight gradients overwrite.
    let accumulates: Bool
  }

  func forwardLayers(_ pass: Pass) {
    embedForward(pass)
    for index in buffers.layers.indices {
      let layer = buffers.layers[index]
      let weights = pass.parameters.layer(index)
      let panels = packed.layer(index, of: pass.parameters)
      attentionForward(layer, weights, panels, pass)
      feedForwardForward(layer, weights, panels, into: stream(after: index), pass)
    }
  }

  private func backwardLayers(_ pass: Pass, _ gradients: TransformerTensors) {
    for index in buffers.layers.indices.reversed() {
      let layer = buffers.layers[index]
      let weights = pass.parameters.layer(index)
      feedForwardBackward(layer, weights, gradients.layer(index), pass)
      attentionBackward(layer, weights, gradients.layer(index), pass)
    }
    embedBackward(pass, gradients)
  }

  /// Where layer `index` leaves its result: the next layer's input, or the output.
  private func stream(after index: Int) -> Matrix {
    index + 1 < buffers.layers.count ? buffers.layers[index + 1].input : buffers.output
  }

  /// Norms, biases and the embedding gather their gradients row by row and start from zero.
  private func clearSparse(_ gradients: TransformerTensors) {
    let width = configuration.model.width
    gradients.embedding.clear()
    for index in buffers.layers.indices {
      let layer = gradients.layer(index)
      layer.inputNorm.update(repeating: 0, count: width)
      layer.middleNorm.update(repeating: 0, count: width)
      layer.queryKeyValueBias?.update(repeating: 0, count: configuration.queryKeyValueWidth)
      layer.attentionOutputBias?.update(repeating: 0, count: width)
      layer.gateUpBias?.update(repeating: 0, count: 2 * configuration.model.ffn)
      layer.downBias?.update(repeating: 0, count: width)
    }
    gradients.finalNorm.update(repeating: 0, count: width)
  }
}
