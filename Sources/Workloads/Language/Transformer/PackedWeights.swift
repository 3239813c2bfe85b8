import TensorKernels

/// The transposed weights in panels for the forward products, laid out once a step for all shards.
final class PackedWeights {
  struct Layer {
    let queryKeyValue: PackedMatrix
    let attentionOutput: PackedMatrix
    let gateUp: PackedMatrix
    let down: PackedMatrix
  }

  private let configuration: TransformerConfiguration
  var kernels: Kernels
  private let arena: TensorArena
  private let counts: Counts

  init(_ configuration: TransformerConfiguration, kernels: Kernels) {
    self.configuration = configuration
    self.kernels = kernels
    counts = Self.counts(configuration, kernels: kernels)
    arena = TensorArena(count: Self.count(configuration, kernels: kernels))
  }

  private typealias Counts = (queryKeyValue: Int, attentionOutput: Int, gateUp: Int, down: Int)

  private static func counts(_ configuration: TransformerConfiguration, kernels: Kernels) -> Counts
  {
    let (d, f) = (configuration.model.width, configuration.model.ffn)
    return (
      kernels.packedCount(rows: d, columns: configuration.queryKeyValueWidth),
      kernels.packedCount(rows: configuration.model.queryWidth, columns: d),
      kernels.packedCount(rows: d, columns: 2 * f), kernels.packedCount(rows: f, columns: d)
    )
  }

  static func count(_ configuration: TransformerConfiguration, kernels: Kernels) -> Int {
    let counts = counts(configuration, kernels: kernels)
    let layer = counts.queryKeyValue + counts.attentionOutput + counts.gateUp + counts.down
    let head = kernels.packedCount(
      rows: configuration.model.width, columns: configuration.vocabulary)
    return configuration.model.layers * layer + head
  }

  private var layerCount: Int {
    counts.queryKeyValue + counts.attentionOutput + counts.gateUp + counts.down
  }

  private var base: UnsafeMutablePointer<Float> {
    guard let base = arena.elements.baseAddress else { preconditionFailure("an empty arena") }
    return base
  }

  func layer(_ index: Int, of parameters: TransformerTensors) -> Layer {
    let weights = parameters.layer(index)
    let start = base + index * layerCount
    let output = start + counts.queryKeyValue
    let gateUp = output + counts.attentionOutput
    return Layer(
      queryKeyValue: PackedMatrix(source: weights.queryKeyValue.transposed, panels: start),
      attentionOutput: PackedMatrix(source: weights.attentionOutput.transposed, panels: output),
      gateUp: PackedMatrix(source: weights.gateUp.transposed, panels: gateUp),
      down: PackedMatrix(source: weights.down.transposed, panels: gateUp + counts.gateUp))
  }

  func head(of parameters: TransformerTensors) -> PackedMatrix {
    PackedMatrix(
      source: parameters.head.transposed, panels: base + configuration.model.layers * layerCount)
  }

  /// Parts of the work, to be shared out: one per layer and the head.
  var parts: Int { configuration.model.layers + 1 }

  func pack(part: Int, of parameters: TransformerTensors) {
    guard part < configuration.model.layers else { return kernels.pack(head(of: parameters)) }
    let layer = layer(part, of: parameters)
    kernels.pack(layer.queryKeyValue)
    kernels.pack(layer.attentionOutput)
    kernels.pack(layer.gateUp)
    kernels.pack(layer.down)
  }
}
