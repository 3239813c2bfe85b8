import RunModel
import TensorKernels

extension TransformerConfiguration {
  /// The blocks under their Hugging Face names, matrices as [out, in].
  ///
  /// q, k, v and gate, up follow one another, so each group is one matrix to a product; so do their
  /// biases, which lie behind the layer's other blocks.
  package var layout: TensorLayout {
    let d = model.width
    var blocks = [block("model.embed_tokens.weight", [vocabulary, d], .embedding)]
    for layer in 0..<model.layers {
      let prefix = "model.layers.\(layer)."
      for projection in Projection.allCases {
        blocks.append(
          block(prefix + projection.name + ".weight", shape(of: projection), projection.role))
      }
      blocks.append(block(prefix + "input_layernorm.weight", [d], .norm))
      blocks.append(block(prefix + "post_attention_layernorm.weight", [d], .norm))
      for projection in Projection.allCases where hasBias(projection) {
        blocks.append(
          block(prefix + projection.name + ".bias", [shape(of: projection)[0]], projection.role))
      }
    }
    blocks.append(block("model.norm.weight", [d], .norm))
    if !tiesHead { blocks.append(block("lm_head.weight", [vocabulary, d], .head)) }
    return TensorLayout(blocks)
  }

  /// The matrices of a layer, in the order they lie in.
  enum Projection: String, CaseIterable {
    case query = "q"
    case key = "k"
    case value = "v"
    case output = "o"
    case gate, up, down

    var role: BlockRole {
      switch self {
      case .query, .key, .value, .output: .attention
      case .gate, .up, .down: .mlp
      }
    }

    /// `self_attn.q_proj`
    var name: String { (role == .attention ? "self_attn." : "mlp.") + rawValue + "_proj" }
  }

  func hasBias(_ projection: Projection) -> Bool {
    projection.role == .attention ? model.attentionBias : model.mlpBias
  }

  private func shape(of projection: Projection) -> [Int] {
    switch projection {
    case .query: [model.queryWidth, model.width]
    case .key, .value: [model.keyWidth, model.width]
    case .output: [model.width, model.queryWidth]
    case .gate, .up: [model.ffn, model.width]
    case .down: [model.width, model.ffn]
    }
  }

  private func block(_ name: String, _ shape: [Int], _ role: BlockRole) -> BlockDescriptor {
    let isMatrix = shape.count == 2
    let serves = name.contains(".k_proj") || name.contains(".v_proj") ? model.keyHeads : model.heads
    return BlockDescriptor(
      name: name, shape: shape, role: role,
      isMaskable: isMatrix && (role == .attention || role == .mlp),
      heads: role == .attention && isMatrix ? serves : nil,
      headsDivideColumns: name.hasSuffix("o_proj.weight"))
  }
}

/// Where the tensors of a layout lie, as the layers use them: looked up once, by name.
struct TransformerOffsets {
  struct Layer {
    let queryKeyValue: Int
    let attentionOutput: Int
    let gateUp: Int
    let down: Int
    let inputNorm: Int
    let middleNorm: Int
    /// Nil where the projections have no bias.
    let queryKeyValueBias: Int?
    let attentionOutputBias: Int?
    let gateUpBias: Int?
    let downBias: Int?
  }

  let configuration: TransformerConfiguration
  let layers: [Layer]
  let embedding: Int
  let finalNorm: Int
  /// The embedding's where it is tied to it.
  let head: Int

  /// - Precondition: blocks that one product takes together lie side by side.
  init(_ configuration: TransformerConfiguration) {
    self.configuration = configuration
    let layout = configuration.layout
    let ranges = Dictionary(
      uniqueKeysWithValues: layout.entries.map { ($0.name, $0.range) })
    func start(_ names: [String]) -> Int {
      let found = names.compactMap { ranges[$0] }
      precondition(found.count == names.count, "the layout lacks one of \(names)")
      precondition(
        zip(found, found.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound },
        "\(names) do not lie side by side")
      return found[0].lowerBound
    }
    typealias Projection = TransformerConfiguration.Projection
    layers = (0..<configuration.model.layers).map { index in
      let prefix = "model.layers.\(index)."
      func weight(_ group: [Projection]) -> Int {
        start(group.map { prefix + $0.name + ".weight" })
      }
      func bias(_ group: [Projection]) -> Int? {
        configuration.hasBias(group[0]) ? start(group.map { prefix + $0.name + ".bias" }) : nil
      }
      return Layer(
        queryKeyValue: weight([.query, .key, .value]), attentionOutput: weight([.output]),
        gateUp: weight([.gate, .up]), down: weight([.down]),
        inputNorm: start([prefix + "input_layernorm.weight"]),
        middleNorm: start([prefix + "post_attention_layernorm.weight"]),
        queryKeyValueBias: bias([.query, .key, .value]), attentionOutputBias: bias([.output]),
        gateUpBias: bias([.gate, .up]), downBias: bias([.down]))
    }
    embedding = start(["model.embed_tokens.weight"])
    finalNorm = start(["model.norm.weight"])
    head = configuration.tiesHead ? embedding : start(["lm_head.weight"])
  }
}

/// The tensors of one arena of parameters or gradients, as the layers use them.
struct TransformerTensors {
  let base: UnsafeMutablePointer<Float>
  private let offsets: TransformerOffsets

  init(_ base: UnsafeMutablePointer<Float>, _ offsets: TransformerOffsets) {
    (self.base, self.offsets) = (base, offsets)
  }

  /// Width d, inner width f, queries of all heads q, keys of all heads k.
  struct Layer {
    let queryKeyValue: Matrix  // [q + 2k, d]
    let attentionOutput: Matrix  // [d, q]
    let gateUp: Matrix  // [2f, d]
    let down: Matrix  // [d, f]
    let inputNorm: UnsafeMutablePointer<Float>
    let middleNorm: UnsafeMutablePointer<Float>
    let queryKeyValueBias: UnsafeMutablePointer<Float>?  // [q + 2k]
    let attentionOutputBias: UnsafeMutablePointer<Float>?  // [d]
    let gateUpBias: UnsafeMutablePointer<Float>?  // [2f]
    let downBias: UnsafeMutablePointer<Float>?  // [d]
  }

  private var model: ModelConfiguration { offsets.configuration.model }
  private var vocabulary: Int { offsets.configuration.vocabulary }

  var embedding: Matrix {
    Matrix(base + offsets.embedding, rows: vocabulary, columns: model.width)
  }
  var finalNorm: UnsafeMutablePointer<Float> { base + offsets.finalNorm }
  var head: Matrix { Matrix(base + offsets.head, rows: vocabulary, columns: model.width) }

  func layer(_ index: Int) -> Layer {
    let (at, d, f) = (offsets.layers[index], model.width, model.ffn)
    return Layer(
      queryKeyValue: Matrix(
        base + at.queryKeyValue, rows: offsets.configuration.queryKeyValueWidth, columns: d),
      attentionOutput: Matrix(base + at.attentionOutput, rows: d, columns: model.queryWidth),
      gateUp: Matrix(base + at.gateUp, rows: 2 * f, columns: d),
      down: Matrix(base + at.down, rows: d, columns: f),
      inputNorm: base + at.inputNorm, middleNorm: base + at.middleNorm,
      queryKeyValueBias: at.queryKeyValueBias.map { base + $0 },
      attentionOutputBias: at.attentionOutputBias.map { base + $0 },
      gateUpBias: at.gateUpBias.map { base + $0 }, downBias: at.downBias.map { base + $0 })
  }
}
