/// The shape of a language model and of its training batches; every number can be set by itself.
///
/// What may be set, and how it is called in presets, flags, forms and checkpoints, is described once,
/// in `ModelSetting.all`.
package struct ModelConfiguration: Sendable, Hashable {
  package enum Architecture: String, Sendable, Codable, Hashable, CaseIterable {
    case llama, gemma
  }

  package enum Head: String, Sendable, Codable, Hashable, CaseIterable {
    case tied, untied
  }

  /// The size the numbers started from; nil when none was named.
  package var size: ModelSize?
  package var layers: Int
  package var width: Int
  package var heads: Int
  /// Inner width of the gated feed-forward network.
  package var ffn: Int
  package var context: Int
  package var batch: Int
  package var architecture: Architecture
  package var head: Head
  /// Gemma 2's soft caps on attention scores and on logits, `cap·tanh(z/cap)`; nil: none.
  package var attentionCap: Double?
  package var logitCap: Double?
  /// ε of `x/√(mean(x²) + ε)`.
  package var normEpsilon = 1e-5
  /// Base θ of the rotary embedding's angles, `position·θ^(−2i/headWidth)`.
  package var ropeTheta = 10_000.0

  package init(size: ModelSize) {
    self.size = size
    (layers, width, heads, ffn, context, batch) = size.numbers
    architecture = .llama
    head = .untied
  }

  package var tokensPerStep: Int { batch * context }

  /// Multiplications and additions of one token's forward and backward pass: `6N + 12·L·T·d`, with N
  /// the parameters of the matrices that multiply (vocabulary head included).
  package func floatingPointOperationsPerToken(vocabulary: Int) -> Int {
    let products = layers * (4 * width * width + 3 * width * ffn) + vocabulary * width
    return 6 * products + 12 * layers * context * width
  }

  /// Says what is wrong with the numbers together; nil when the model can be built.
  package var problem: String? {
    let numbers = [layers, width, heads, ffn, context, batch]
    guard numbers.allSatisfy({ $0 >= 1 }) else { return "every number must be at least 1" }
    guard width.isMultiple(of: heads) else {
      return "width \(width) is not a multiple of heads \(heads)"
    }
    guard (width / heads).isMultiple(of: 2) else {
      return "width/heads = \(width / heads) must be even for the rotary embedding"
    }
    if architecture == .gemma, head == .untied { return "gemma ties its head to the embedding" }
    return foreignSetting.map { "\($0.key) belongs to \($0.family?.rawValue ?? "another family")" }
  }

  /// A setting of another family that was set all the same.
  private var foreignSetting: ModelSetting? {
    ModelSetting.all.first { !$0.applies(to: self) && $0.value(of: self) != $0.unset(in: self) }
  }
}

/// The four ready-made model sizes.
package enum ModelSize: String, Sendable, Codable, Hashable, CaseIterable {
  case nano, micro, tiny, small

  var numbers: (layers: Int, width: Int, heads: Int, ffn: Int, context: Int, batch: Int) {
    switch self {
    case .nano: (2, 32, 2, 88, 32, 16)
    case .micro: (2, 64, 4, 176, 64, 16)
    case .tiny: (4, 128, 4, 344, 128, 8)
    case .small: (6, 256, 8, 688, 256, 4)
    }
  }
}
