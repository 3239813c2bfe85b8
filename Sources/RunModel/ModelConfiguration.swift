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

  /// What the gate of the feed-forward network passes through.
  package enum Activation: String, Sendable, Codable, Hashable, CaseIterable {
    case silu
    /// `x·Φ(x)` (Hendrycks & Gimpel, 2016).
    case gelu
    /// The same with Φ taken from a hyperbolic tangent.
    case geluTanh = "gelu_tanh"
  }

  /// How the rotary angles are stretched for contexts longer than those of the first training.
  package enum RopeScaling: String, Sendable, Codable, Hashable, CaseIterable {
    case none
    /// Every angle divided by the factor (Chen et al., 2023, arXiv:2306.15595).
    case linear
    /// Slow angles divided, fast ones kept, a smooth passage between (Llama 3.1).
    case llama3
  }

  /// What the operands of matrix products are rounded to; sums and everything else are float32.
  package enum Precision: String, Sendable, Codable, Hashable, CaseIterable {
    case fp32, bf16

    /// What is said of runs and verdicts; nil of float32, which nobody has to be told.
    package var remark: String? {
      switch self {
      case .fp32: nil
      case .bf16: "in bf16 products"
      }
    }
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
  package var precision = Precision.fp32
  /// Gemma 2's soft caps on attention scores and on logits, `cap·tanh(z/cap)`; nil: none.
  package var attentionCap: Double?
  package var logitCap: Double?
  /// ε of `x/√(mean(x²) + ε)`.
  package var normEpsilon = 1e-5
  /// Base θ of the rotary embedding's angles, `position·θ^(−2i/headWidth)`.
  package var ropeTheta = 10_000.0

  package var ropeScaling = RopeScaling.none
  package var ropeFactor = 8.0
  /// Wavelengths above `ropeContext/ropeLow` are slow, below `ropeContext/ropeHigh` fast.
  package var ropeLow = 1.0
  package var ropeHigh = 4.0
  package var ropeContext = 8192
  /// Heads of keys and values, each shared by `heads/keyValueHeads` queries; nil: as many as heads.
  package var keyValueHeads: Int?
  /// Numbers per head; nil: width/heads.
  package var headSize: Int?
  /// Nil: SiLU for llama, GELU in its tanh form for gemma.
  package var activation: Activation?
  package var attentionBias = false
  package var mlpBias = false

  package init(size: ModelSize) {
    self.size = size
    (layers, width, heads, ffn, context, batch) = size.numbers
    architecture = .llama
    head = .untied
  }

  package var tokensPerStep: Int { batch * context }

  /// Heads of keys and values.
  package var keyHeads: Int { keyValueHeads ?? heads }
  /// Numbers per head.
  package var headWidth: Int { headSize ?? width / heads }
  /// Numbers of all queries of a token, and of all its keys or values.
  package var queryWidth: Int { heads * headWidth }
  package var keyWidth: Int { keyHeads * headWidth }
  /// Whether scores or logits have a soft cap.
  package var isCapped: Bool { attentionCap != nil || logitCap != nil }
  package var gateActivation: Activation { activation ?? ownActivation }
  /// The activation the family has by itself.
  package var ownActivation: Activation { architecture == .gemma ? .geluTanh : .silu }

  /// Multiplications and additions of one token's forward and backward pass: `6N + 12·L·T·d`, with N
  /// the parameters of the matrices that multiply (vocabulary head included).
  package func floatingPointOperationsPerToken(vocabulary: Int) -> Int {
    let attention = 2 * width * (queryWidth + keyWidth)
    let products = layers * (attention + 3 * width * ffn) + vocabulary * width
    return 6 * products + 12 * layers * context * queryWidth
  }

  /// Says what is wrong with the numbers together; nil when the model can be built.
  package var problem: String? {
    let numbers = [layers, width, heads, ffn, context, batch]
    guard numbers.allSatisfy({ $0 >= 1 }) else { return "every number must be at least 1" }
    guard headSize != nil || width.isMultiple(of: heads) else {
      return "width \(width) is not a multiple of heads \(heads)"
    }
    guard headWidth >= 2, headWidth.isMultiple(of: 2) else {
      return "width/heads = \(headWidth) must be even for the rotary embedding"
    }
    guard keyHeads >= 1, heads.isMultiple(of: keyHeads) else {
      return "heads \(heads) is not a multiple of kvHeads \(keyHeads)"
    }
    if architecture == .gemma, head == .untied { return "gemma ties its head to the embedding" }
    if architecture == .gemma, activation == .gelu { return "gemma's gelu is gelu_tanh" }
    if ropeScaling == .llama3, ropeLow >= ropeHigh { return "ropeHigh must be above ropeLow" }
    return foreignSetting.map { "\($0.key) belongs to \($0.owner)" }
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
