/// The part a parameter tensor plays in its model; decides what is maskable and how it is listed.
package enum BlockRole: String, Sendable, Codable, Hashable, CaseIterable {
  case embedding, attention, mlp, norm, head
}

/// One block: a named parameter tensor, the unit that a coin keeps or drops.
package struct BlockDescriptor: Sendable, Codable, Hashable {
  package var name: String
  package var shape: [Int]
  package var role: BlockRole
  /// Whether the workload declares it maskable (attention and MLP matrices in a language model).
  package var isMaskable: Bool
  /// Attention heads the matrix serves; nil when it serves none.
  package var heads: Int?
  /// Whether the heads divide its columns (output projection) and not its rows (q, k, v).
  package var headsDivideColumns: Bool

  package init(
    name: String, shape: [Int], role: BlockRole, isMaskable: Bool, heads: Int? = nil,
    headsDivideColumns: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.isMaskable = isMaskable
    self.heads = heads
    self.headsDivideColumns = headsDivideColumns
  }

  package var count: Int { shape.reduce(1, *) }

  /// The layer it belongs to, as its short name begins: `0.q` → 0; nil outside of layers.
  package var layer: Int? {
    let parts = shortName.split(separator: ".", maxSplits: 1)
    return parts.count == 2 ? Int(parts[0]) : nil
  }

  /// The name as screens show it: `model.layers.0.self_attn.q_proj.weight` → `0.q`.
  package var shortName: String {
    let parts = name.split(separator: ".")
    if parts.count >= 5, parts[0] == "model", parts[1] == "layers" {
      let module = parts[parts.count - 2]
      let projection = module.hasSuffix("_proj") ? module.dropLast("_proj".count) : module
      let short = Self.abbreviations[String(module)] ?? String(projection)
      return "\(parts[2]).\(short)" + (name.hasSuffix(".bias") ? ".bias" : "")
    }
    switch name {
    case "model.embed_tokens.weight": return "embed"
    case "model.norm.weight": return "norm"
    case "lm_head.weight": return "head"
    default: return name
    }
  }

  private static let abbreviations = [
    "input_layernorm": "norm1", "post_attention_layernorm": "norm2",
  ]
}
