import RunModel
import TensorKernels

extension TransformerConfiguration {
  /// The blocks under their Hugging Face names, matrices as [out, in].
  ///
  /// q, k, v and gate, up follow one another, so each group is one matrix to a product.
  package var layout: TensorLayout {
    let (d, f) = (model.width, model.ffn)
    var blocks = [block("model.embed_tokens.weight", [vocabulary, d], .embedding)]
    for layer in 0..<model.layers {
      let prefix = "model.layers.\(layer)."
      for name in ["q", "k", "v", "o"] {
        blocks.append(block(prefix + "self_attn.\(name)_proj.weight", [d, d], .attention))
      }
      blocks.append(block(prefix + "mlp.gate_proj.weight", [f, d], .mlp))
      blocks.append(block(prefix + "mlp.up_proj.weight", [f, d], .mlp))
      blocks.append(block(prefix + "mlp.down_proj.weight", [d, f], .mlp))
      blocks.append(block(prefix + "input_layernorm.weight", [d], .norm))
      blocks.append(block(prefix + "post_attention_layernorm.weight", [d], .norm))
    }
    blocks.append(block("model.norm.weight", [d], .norm))
    if !tiesHead { blocks.append(block("lm_head.weight", [vocabulary, d], .head)) }
    return TensorLayout(blocks)
  }

  private func block(_ name: String, _ shape: [Int], _ role: BlockRole) -> BlockDescriptor {
    let isMaskable = role == .attention || role == .mlp
    return BlockDescriptor(
      name: name, shape: shape, role: role, isMaskable: isMaskable,
      heads: role == .attention ? model.heads : nil,
      headsDivideColumns: name.hasSuffix("o_proj.weight"))
  }
}

/// The tensors of one arena of parameters or gradients, as the layers use them.
struct TransformerTensors {
  let base: UnsafeMutablePointer<Float>
  private let vocabulary: Int
  private let width: Int
  private let ffn: Int
  private let layers: Int
  private let tiesHead: Bool

  init(_ base: UnsafeMutablePointer<Float>, _ configuration: TransformerConfiguration) {
    self.base = base
    vocabulary = configuration.vocabulary
    width = configuration.model.width
    ffn = configuration.model.ffn
    layers = configuration.model.layers
    tiesHead = configuration.tiesHead
  }

  struct Layer {
    let queryKeyValue: Matrix  // [3d, d]
    let attentionOutput: Matrix  // [d, d]
    let gateUp: Matrix  // [2f, d]
    let down: Matrix  // [d, f]
    let inputNorm: UnsafeMutablePointer<Float>
    let middleNorm: UnsafeMutablePointer<Float>
  }

  private var layerCount: Int { 4 * width * width + 3 * ffn * width + 2 * width }
  private var layersStart: Int { vocabulary * width }
  private var layersEnd: Int { layersStart + layers * layerCount }

  var embedding: Matrix { Matrix(base, rows: vocabulary, columns: width) }
  var finalNorm: UnsafeMutablePointer<Float> { base + layersEnd }
  var head: Matrix {
    tiesHead ? embedding : Matrix(base + layersEnd + width, rows: vocabulary, columns: width)
  }

  func layer(_ index: Int) -> Layer {
    let start = base + layersStart + index * layerCount
    let output = start + 3 * width * width
    let gateUp = output + width * width
    let down = gateUp + 2 * ffn * width
    let norms = down + ffn * width
    return Layer(
      queryKeyValue: Matrix(start, rows: 3 * width, columns: width),
      attentionOutput: Matrix(output, rows: width, columns: width),
      gateUp: Matrix(gateUp, rows: 2 * ffn, columns: width),
      down: Matrix(down, rows: width, columns: ffn),
      inputNorm: norms, middleNorm: norms + width)
  }
}
