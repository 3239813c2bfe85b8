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
      "vocab_size": vocabulary, "num_key_value_heads": model.heads,
      "head_dim": model.width / model.heads, "rope_theta": model.ropeTheta,
      "tie_word_embeddings": model.head == .tied, "attention_bias": false,
      "attention_dropout": 0.0, "initializer_range": 0.02, "torch_dtype": "float32",
      "use_cache": true, "bos_token_id": NSNull(), "eos_token_id": NSNull(),
      "pad_token_id": NSNull(),
    ]
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
      fields["hidden_act"] = "silu"
      fields["mlp_bias"] = false
    case .gemma:
      let isCapped = model.attentionCap != nil || model.logitCap != nil
      fields["architectures"] = [isCapped ? "MagmascopeGemmaForCausalLM" : "GemmaForCausalLM"]
      fields["model_type"] = isCapped ? cappedGemma : "gemma"
      fields["hidden_act"] = "gelu_pytorch_tanh"
      fields["hidden_activation"] = "gelu_pytorch_tanh"
    }
    return encode(fields)
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
    for setting in ModelSetting.all where setting.applies(to: model) {
      if let value = try fields.value(of: setting) { setting.set(value, of: &model) }
    }
    try rope(of: &model, &fields)
    try requireWhatIsComputed(model, &fields)
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

  /// What these models are computed with and no setting changes.
  private static func requireWhatIsComputed(
    _ model: ModelConfiguration, _ fields: inout DescriptionFields
  ) throws(RunError) {
    try fields.require("num_key_value_heads", .integer(model.heads), absent: model.architecture == .llama)
    if model.heads > 0 {
      try fields.require(
        "head_dim", .integer(model.width / model.heads), absent: model.architecture == .llama)
    }
    let activations = model.architecture == .gemma ? ["gelu_pytorch_tanh", "gelu"] : ["silu"]
    try fields.require("hidden_act", oneOf: activations)
    if model.architecture == .gemma {
      try fields.require("hidden_activation", oneOf: activations)
    }
    try fields.require("attention_bias", .flag(false))
    try fields.require("mlp_bias", .flag(false))
  }

  /// The angles: `rope_theta` by itself, or in `rope_parameters` (or its older name `rope_scaling`).
  private static func rope(
    of model: inout ModelConfiguration, _ fields: inout DescriptionFields
  ) throws(RunError) {
    guard let setting = ModelSetting.named("ropeTheta") else { return }
    model.ropeTheta = try fields.number("rope_theta", setting, absent: 10_000)
    let (old, new) = (try fields.group("rope_scaling"), try fields.group("rope_parameters"))
    guard old == nil || new == nil else {
      throw fields.error("has both 'rope_scaling' and 'rope_parameters'", "keep one of them")
    }
    guard var group = old ?? new else { return }
    let type = try group.text("rope_type", absent: try group.text("type", absent: "default"))
    guard type == "default" else {
      throw group.error("has 'rope_type' \(type)", "only 'default' is computed")
    }
    model.ropeTheta = try group.number("rope_theta", setting, absent: model.ropeTheta)
    try group.refuseTheRest()
  }
}
