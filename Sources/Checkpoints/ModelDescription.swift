import Foundation
import RunModel

/// `config.json`: a model's shape in Hugging Face's words, so that `LlamaForCausalLM` loads it.
///
/// Reading is strict: a key that changes what the model computes is honoured or refused by name, never
/// passed over.
package enum ModelDescription {
  /// The `model_type` of a gemma with soft caps: Gemma's layers with Gemma 2's caps are no published
  /// model, and Hugging Face's Gemma would leave the caps out without a word.
  private static let cappedGemma = "magmascope-gemma"

  /// The file's contents for a language model with `vocabulary` tokens.
  package static func encode(_ model: ModelConfiguration, vocabulary: Int) -> [UInt8] {
    var fields: [String: Any] = [
      "vocab_size": vocabulary, "num_key_value_heads": model.keyHeads,
      "head_dim": model.headWidth, "rope_theta": model.ropeTheta,
      "tie_word_embeddings": model.head == .tied,
      "attention_dropout": 0.0, "initializer_range": 0.02, "torch_dtype": "float32",
      "use_cache": true, "bos_token_id": NSNull(), "eos_token_id": NSNull(),
      "pad_token_id": NSNull(), "hidden_act": activationName(model.gateActivation),
    ]
    fields["rope_scaling"] = ropeGroup(model).map { $0 as Any } ?? NSNull()
    for setting in ModelSetting.all where setting.applies(to: model) {
      guard let key = setting.checkpointKey else { continue }
      switch (setting.value(of: model), setting.description.kind) {
      case (.number(let number), .integer): fields[key] = Int(number)
      case (.number(let number), _): fields[key] = number
      case (.flag(let flag), _): fields[key] = flag
      case (.text, _): break  // a word such as `none` stands for no key
      }
    }
    switch model.architecture {
    case .llama:
      fields["architectures"] = ["LlamaForCausalLM"]
      fields["model_type"] = "llama"
    case .gemma:
      fields["architectures"] = [model.isCapped ? "MagmascopeGemmaForCausalLM" : "GemmaForCausalLM"]
      fields["model_type"] = model.isCapped ? cappedGemma : "gemma"
      fields["hidden_activation"] = fields["hidden_act"]
    }
    return encode(fields)
  }

  private static func activationName(_ activation: ModelConfiguration.Activation) -> String {
    switch activation {
    case .silu: "silu"
    case .gelu: "gelu"
    case .geluTanh: "gelu_pytorch_tanh"
    }
  }

  /// How the angles are stretched; nil where they are not.
  private static func ropeGroup(_ model: ModelConfiguration) -> [String: Any]? {
    switch model.ropeScaling {
    case .none: nil
    case .linear: ["rope_type": "linear", "factor": model.ropeFactor]
    case .llama3:
      [
        "rope_type": "llama3", "factor": model.ropeFactor, "low_freq_factor": model.ropeLow,
        "high_freq_factor": model.ropeHigh, "original_max_position_embeddings": model.ropeContext,
      ]
    }
  }

  /// The file's contents for a workload that is no language model.
  package static func encode(workload: String) -> [UInt8] {
    encode(["model_type": "magmascope-" + workload])
  }

  private static func encode(_ fields: [String: Any]) -> [UInt8] {
    let data = try? JSONSerialization.data(
      withJSONObject: fields, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return Array(data ?? Data()) + [UInt8(ascii: "\n")]
  }

  /// Reads a `config.json`, ours or Hugging Face's; throws `RunError` (.input) naming the key.
  package static func decode(
    _ bytes: [UInt8], place: String
  ) throws(RunError) -> (model: ModelConfiguration, vocabulary: Int) {
    var fields = try DescriptionFields(bytes, place: place)
    let architecture = try architecture(&fields)
    var model = ModelConfiguration(size: .micro, architecture: architecture)
    model.size = nil
    model.head =
      try fields.flag("tie_word_embeddings", absent: architecture == .gemma) ? .tied : .untied
    let family = model
    for setting in ModelSetting.all where setting.applies(to: family) {
      if let value = try fields.value(of: setting) { setting.set(value, of: &model) }
    }
    try heads(of: &model, &fields)
    try activation(of: &model, &fields)
    try rope(of: &model, &fields)
    let vocabulary = try fields.integer("vocab_size", 1...1 << 22)
    try fields.refuseTheRest()
    if let problem = model.problem {
      throw CheckpointError.bad(place, problem, "use a checkpoint's own config.json")
    }
    return (model, vocabulary)
  }

  private static func architecture(
    _ fields: inout DescriptionFields
  ) throws(RunError) -> ModelConfiguration.Architecture {
    switch try fields.text("model_type", absent: "nameless") {
    case "llama": return .llama
    case cappedGemma: return .gemma
    case "gemma":
      // The first version of this program wrote capped models as `gemma`.
      if !fields.isOurs {
        for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
          try fields.refuse(key, unless: .null, "a gemma model has no soft caps")
        }
      }
      return .gemma
    case let other:
      throw fields.error("describes a '\(other)' model", "only llama and gemma are known")
    }
  }

  /// Heads of keys and values, and numbers per head, which the file may leave to the other numbers.
  private static func heads(
    of model: inout ModelConfiguration, _ fields: inout DescriptionFields
  ) throws(RunError) {
    let isRequired = model.architecture == .gemma
    let keys = try fields.optionalInteger("num_key_value_heads", 1...64, isRequired: isRequired)
    model.keyValueHeads = keys == model.heads ? nil : keys
    let width = try fields.optionalInteger("head_dim", 2...1024, isRequired: isRequired)
    let isUsual = model.width.isMultiple(of: model.heads) && width == model.width / model.heads
    model.headSize = isUsual ? nil : width
  }

  private static func activation(
    of model: inout ModelConfiguration, _ fields: inout DescriptionFields
  ) throws(RunError) {
    let isGemma = model.architecture == .gemma
    let known: [String: ModelConfiguration.Activation] = [
      "silu": .silu, "swish": .silu, "gelu_pytorch_tanh": .geluTanh, "gelu_new": .geluTanh,
      // The first Gemma files say `gelu` and mean the tanh form, and are read so.
      "gelu": isGemma ? .geluTanh : .gelu,
    ]
    let own = model.ownActivation
    let named = try fields.choice("hidden_act", known) ?? own
    if isGemma, let other = try fields.choice("hidden_activation", known), other != named {
      throw fields.error("has 'hidden_act' and 'hidden_activation' that differ", "keep one of them")
    }
    model.activation = named == own ? nil : named
  }

  /// The angles: `rope_theta` by itself, or in `rope_parameters` (or its older name `rope_scaling`).
  private static func rope(
    of model: inout ModelConfiguration, _ fields: inout DescriptionFields
  ) throws(RunError) {
    model.ropeTheta = try fields.number("rope_theta", "ropeTheta") ?? 10_000
    let (old, new) = (try fields.group("rope_scaling"), try fields.group("rope_parameters"))
    guard old == nil || new == nil else {
      throw fields.error("has both 'rope_scaling' and 'rope_parameters'", "keep one of them")
    }
    guard var group = old ?? new else { return }
    let type = try group.text("type", absent: "default")
    model.ropeTheta = try group.number("rope_theta", "ropeTheta") ?? model.ropeTheta
    switch try group.text("rope_type", absent: type) {
    case "default": break
    case "linear":
      model.ropeScaling = .linear
      model.ropeFactor = try group.requiredNumber("factor", "ropeFactor")
      _ = try group.optionalInteger("original_max_position_embeddings", 1...1 << 24)
    case "llama3":
      model.ropeScaling = .llama3
      model.ropeFactor = try group.requiredNumber("factor", "ropeFactor")
      model.ropeLow = try group.requiredNumber("low_freq_factor", "ropeLow")
      model.ropeHigh = try group.requiredNumber("high_freq_factor", "ropeHigh")
      let context = try group.optionalInteger("original_max_position_embeddings", 1...1 << 24)
      if let context {
        model.ropeContext = context
      } else {
        model.ropeContext = try fields.integer("max_position_embeddings", 1...1 << 24)
      }
    case let other:
      throw group.error(
        "has 'rope_type' '\(other.prefix(40))'", "default, linear and llama3 are computed")
    }
    try group.refuseTheRest()
  }
}
