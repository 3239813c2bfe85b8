/// One setting of the language model: what it is called everywhere, what it may be, where it is kept.
///
/// Flags, preset keys, form fields, help, the preset writer, stored plans and a checkpoint's
/// `config.json` are all derived from `all`; a new setting is one field of `ModelConfiguration` and one
/// entry here.
package struct ModelSetting: Sendable {
  /// Key in presets and plans, meaning, default and range.
  package let description: Hyperparameter
  /// What the form calls it.
  package let label: String
  private let scope: Scope
  /// Its key in a checkpoint's `config.json`; nil where that needs more than a key and a value.
  package let checkpointKey: String?
  private let get: @Sendable (ModelConfiguration) -> SettingValue
  private let put: @Sendable (inout ModelConfiguration, SettingValue) -> Void

  /// Which models have it.
  private enum Scope: Sendable {
    case everyModel
    case family(ModelConfiguration.Architecture)
    case scaledRope([ModelConfiguration.RopeScaling])
  }

  package var key: String { description.key }

  /// The family that has it; nil: every family.
  package var family: ModelConfiguration.Architecture? {
    if case .family(let family) = scope { family } else { nil }
  }

  /// What a model must be to have it, in words.
  var owner: String {
    switch scope {
    case .everyModel: "every model"
    case .family(let family): family.rawValue
    case .scaledRope(let kinds): "ropeScaling " + kinds.map(\.rawValue).joined(separator: " or ")
    }
  }

  /// The flag without its dashes: `attentionCap` → `attention-cap`.
  package var flag: String {
    key.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  package func value(of model: ModelConfiguration) -> SettingValue { get(model) }

  /// - Precondition: `value` came from this setting's description.
  package func set(_ value: SettingValue, of model: inout ModelConfiguration) {
    put(&model, value)
  }

  package func applies(to model: ModelConfiguration) -> Bool {
    switch scope {
    case .everyModel: true
    case .family(let family): family == model.architecture
    case .scaledRope(let kinds): kinds.contains(model.ropeScaling)
    }
  }

  /// What a model has whose description says nothing of this setting.
  package func unset(in model: ModelConfiguration) -> SettingValue {
    self.value(of: ModelConfiguration(size: model.size ?? .micro, architecture: model.architecture))
  }

  /// Whether naming a ready size says it too.
  package var isPartOfSize: Bool { Self.sizes.contains(key) }

  /// Whether a description of `model` states it: a number of the size or family always, another
  /// setting where it differs from what the family has by itself.
  package func isWritten(for model: ModelConfiguration) -> Bool {
    isAlwaysWritten || value(of: model) != unset(in: model)
  }

  fileprivate var isAlwaysWritten: Bool { isPartOfSize || Self.families.contains(key) }

  private static let sizes: Set = ["layers", "width", "heads", "ffn", "context", "batch"]
  private static let families: Set = ["architecture", "head"]
}

extension ModelSetting {
  /// Every setting, in the order it is listed to users.
  package static let all: [ModelSetting] = [
    integer(
      "layers", "layers", "Transformer layers.", 1...64, \.layers,
      checkpointKey: "num_hidden_layers"),
    integer(
      "width", "width", "Numbers per token between layers.", 2...4096, \.width,
      checkpointKey: "hidden_size"),
    integer(
      "heads", "heads", "Attention heads; must divide the width.", 1...64, \.heads,
      checkpointKey: "num_attention_heads"),
    optionalInteger(
      "kvHeads", "kv heads", "Heads of keys and values, shared by the queries; must divide heads.",
      1...64, \.keyValueHeads, unset: "all"),
    optionalInteger(
      "headWidth", "head width", "Numbers per head; auto is width/heads.", 2...1024, \.headSize,
      unset: "auto"),
    integer(
      "ffn", "ffn width", "Inner width of the feed-forward network.", 1...16384, \.ffn,
      checkpointKey: "intermediate_size"),
    integer(
      "context", "context", "Tokens the model sees at once.", 2...4096, \.context,
      checkpointKey: "max_position_embeddings"),
    integer(
      "batch", "batch", "Sequences per step.", 1...1024, \.batch, checkpointKey: "magmascope_batch"),
    choice(
      "precision", "precision", "What operands of matrix products are rounded to.", \.precision),
    choice("architecture", "family", "The published model it equals.", \.architecture),
    choice(
      "head", "head", "Whether output and embedding share their weights.", \.head,
      scope: .family(.llama)),
    number(
      "normEpsilon", "norm epsilon", "Added to the mean square that a norm divides by.",
      1e-12...1e-1, \.normEpsilon, checkpointKey: "rms_norm_eps"),
    number(
      "ropeTheta", "rope theta", "Base of the rotary embedding's angles.", 1...1e9, \.ropeTheta),
    choice(
      "ropeScaling", "rope scaling", "How the angles are stretched for longer contexts.",
      \.ropeScaling),
    number(
      "ropeFactor", "rope factor", "What the stretched angles are divided by.", 1e-3...1e6,
      \.ropeFactor, scope: .scaledRope([.linear, .llama3])),
    number(
      "ropeLow", "rope low", "Wavelengths over ropeContext/ropeLow are stretched whole.",
      1e-6...1e6, \.ropeLow, scope: .scaledRope([.llama3])),
    number(
      "ropeHigh", "rope high", "Wavelengths under ropeContext/ropeHigh are not stretched.",
      1e-6...1e6, \.ropeHigh, scope: .scaledRope([.llama3])),
    integer(
      "ropeContext", "rope context", "Context of the training before the stretch.", 1...1 << 24,
      \.ropeContext, scope: .scaledRope([.llama3])),
    choice(
      "activation", "activation", "What the gate passes through; auto is the family's own.",
      \.activation, unset: "auto"),
    flag(
      "attentionBias", "attn bias", "Whether the attention's projections add a bias.",
      \.attentionBias, checkpointKey: "attention_bias"),
    flag(
      "mlpBias", "ffn bias", "Whether the feed-forward network's projections add a bias.",
      \.mlpBias, checkpointKey: "mlp_bias", scope: .family(.llama)),
    optionalNumber(
      "attentionCap", "score cap", "Soft cap on attention scores, as Gemma 2.", 1e-3...1e6, 50,
      \.attentionCap, checkpointKey: "attn_logit_softcapping", scope: .family(.gemma)),
    optionalNumber(
      "logitCap", "logit cap", "Soft cap on logits, as Gemma 2.", 1e-3...1e6, 30, \.logitCap,
      checkpointKey: "final_logit_softcapping", scope: .family(.gemma)),
  ]

  package static func named(_ key: String) -> ModelSetting? { all.first { $0.key == key } }

  private typealias Path<Value> = WritableKeyPath<ModelConfiguration, Value> & Sendable

  private static var standard: ModelConfiguration { ModelConfiguration(size: .micro) }

  private static func integer(
    _ key: String, _ label: String, _ summary: String, _ range: ClosedRange<Int>,
    _ path: Path<Int>, checkpointKey: String? = nil, scope: Scope = .everyModel
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary, .integer(default: standard[keyPath: path], range: range)),
      label: label, scope: scope, checkpointKey: checkpointKey,
      get: { .number(Double($0[keyPath: path])) },
      put: { model, value in
        if let number = value.number { model[keyPath: path] = Int(number) }
      })
  }

  private static func number(
    _ key: String, _ label: String, _ summary: String, _ range: ClosedRange<Double>,
    _ path: Path<Double>, checkpointKey: String? = nil, scope: Scope = .everyModel
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary,
        .number(default: standard[keyPath: path], range: range, scale: .logarithmic)),
      label: label, scope: scope, checkpointKey: checkpointKey,
      get: { .number($0[keyPath: path]) },
      put: { model, value in if let number = value.number { model[keyPath: path] = number } })
  }

  private static func optionalNumber(
    _ key: String, _ label: String, _ summary: String, _ range: ClosedRange<Double>,
    _ suggested: Double, _ path: Path<Double?>, checkpointKey: String, scope: Scope
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary, .number(default: suggested, range: range, scale: .logarithmic),
        words: ["none"]),
      label: label, scope: scope, checkpointKey: checkpointKey,
      get: { $0[keyPath: path].map { .number($0) } ?? .text("none") },
      put: { model, value in model[keyPath: path] = value.number })
  }

  private static func optionalInteger(
    _ key: String, _ label: String, _ summary: String, _ range: ClosedRange<Int>,
    _ path: Path<Int?>, unset: String
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary, .integer(default: range.lowerBound, range: range), words: [unset]),
      label: label, scope: .everyModel, checkpointKey: nil,
      get: { $0[keyPath: path].map { .number(Double($0)) } ?? .text(unset) },
      put: { model, value in model[keyPath: path] = value.number.map { Int($0) } })
  }

  private static func flag(
    _ key: String, _ label: String, _ summary: String, _ path: Path<Bool>,
    checkpointKey: String, scope: Scope = .everyModel
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(key, summary, .flag(default: standard[keyPath: path])),
      label: label, scope: scope, checkpointKey: checkpointKey,
      get: { .flag($0[keyPath: path]) },
      put: { model, value in if let flag = value.flag { model[keyPath: path] = flag } })
  }

  /// A choice that may be left to the family, under the word `unset`.
  private static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ label: String, _ summary: String, _ path: Path<Choice?>, unset: String
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary,
        .choice(default: unset, allowed: [unset] + Choice.allCases.map(\.rawValue))),
      label: label, scope: .everyModel, checkpointKey: nil,
      get: { .text($0[keyPath: path]?.rawValue ?? unset) },
      put: { model, value in
        model[keyPath: path] = value.text.flatMap(Choice.init(rawValue:))
      })
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ label: String, _ summary: String, _ path: Path<Choice>,
    scope: Scope = .everyModel
  ) -> ModelSetting {
    ModelSetting(
      description: Hyperparameter(
        key, summary,
        .choice(
          default: standard[keyPath: path].rawValue, allowed: Choice.allCases.map(\.rawValue))),
      label: label, scope: scope, checkpointKey: nil,
      get: { .text($0[keyPath: path].rawValue) },
      put: { model, value in
        if let choice = value.text.flatMap(Choice.init(rawValue:)) { model[keyPath: path] = choice }
      })
  }
}

extension ModelConfiguration {
  /// A ready size of one family, with what the family has by itself.
  package init(size: ModelSize, architecture: Architecture) {
    self.init(size: size)
    self.architecture = architecture
    if architecture == .gemma { head = .tied }
  }

  /// A size (micro when none is named), then what `values` says, key by key.
  ///
  /// The size's name stays as long as its numbers do.
  package init(size: ModelSize?, values: [String: SettingValue]) {
    let named = values["architecture"]?.text.flatMap(Architecture.init(rawValue:))
    self.init(size: size ?? .micro, architecture: named ?? .llama)
    for setting in ModelSetting.all {
      if let value = values[setting.key] { setting.set(value, of: &self) }
    }
    let numbers = (layers, width, heads, ffn, context, batch)
    if numbers != (size ?? .micro).numbers { self.size = nil }
  }
}

/// As stored in plans: numbers by key, and of the settings that came later only what was set.
extension ModelConfiguration: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(size, forKey: Key("size"))
    for setting in ModelSetting.all {
      let (value, key) = (setting.value(of: self), Key(setting.key))
      guard setting.isWritten(for: self) else { continue }
      switch (value, setting.description.kind) {
      case (.number(let number), .integer): try container.encode(Int(number), forKey: key)
      case (.number(let number), _): try container.encode(number, forKey: key)
      case (.flag(let flag), _): try container.encode(flag, forKey: key)
      case (.text(let text), _): try container.encode(text, forKey: key)
      }
    }
  }

  /// - Throws: `DecodingError` naming the key whose value is missing or not allowed.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    var values: [String: SettingValue] = [:]
    for setting in ModelSetting.all {
      let key = Key(setting.key)
      guard setting.isAlwaysWritten || container.contains(key) else { continue }
      let text: String
      switch setting.description.kind {
      case .flag: text = try container.decode(Bool.self, forKey: key).description
      case .choice, .pattern: text = try container.decode(String.self, forKey: key)
      case .integer: text = try container.decode(Int.self, forKey: key).description
      case .number:
        if let number = try? container.decode(Double.self, forKey: key) {
          text = number.description
        } else {
          text = try container.decode(String.self, forKey: key)
        }
      }
      guard let value = setting.description.value(from: text) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "\(setting.key) is '\(text)'; allowed: \(setting.description.allowed)")
      }
      values[setting.key] = value
    }
    let size = try container.decodeIfPresent(ModelSize.self, forKey: Key("size"))
    self.init(size: size, values: values)
    self.size = size
  }
}
