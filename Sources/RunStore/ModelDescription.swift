import Foundation
import RunModel

/// `config.json`: the model's shape in Hugging Face's words, so that `LlamaForCausalLM` loads it.
package enum ModelDescription {
  /// The file's contents for a language model with `vocabulary` tokens.
  package static func encode(_ model: ModelConfiguration, vocabulary: Int) -> [UInt8] {
    var fields: [String: Any] = [
      "vocab_size": vocabulary, "hidden_size": model.width, "intermediate_size": model.ffn,
      "num_hidden_layers": model.layers, "num_attention_heads": model.heads,
      "num_key_value_heads": model.heads, "head_dim": model.width / model.heads,
      "max_position_embeddings": model.context, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
      "tie_word_embeddings": model.head == .tied, "attention_bias": false,
      "attention_dropout": 0.0, "initializer_range": 0.02, "torch_dtype": "float32",
      "use_cache": true, "bos_token_id": NSNull(), "eos_token_id": NSNull(),
      "pad_token_id": NSNull(), "magmascope_batch": model.batch,
    ]
    switch model.architecture {
    case .llama:
      fields["architectures"] = ["LlamaForCausalLM"]
      fields["model_type"] = "llama"
      fields["hidden_act"] = "silu"
      fields["mlp_bias"] = false
    case .gemma:
      fields["architectures"] = ["GemmaForCausalLM"]
      fields["model_type"] = "gemma"
      fields["hidden_act"] = "gelu_pytorch_tanh"
      fields["hidden_activation"] = "gelu_pytorch_tanh"
      // Gemma 2's names; Hugging Face's Gemma of the same structure has no caps and ignores them.
      if let cap = model.attentionCap { fields["attn_logit_softcapping"] = cap }
      if let cap = model.logitCap { fields["final_logit_softcapping"] = cap }
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
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)),
      let fields = object as? [String: Any]
    else { throw FileError.bad(place, "is not a JSON object", "use a checkpoint's config.json") }
    func number(_ key: String) throws(RunError) -> Int {
      guard let value = fields[key] as? Int, value > 0 else {
        throw FileError.bad(place, "has no whole number '\(key)'", "use a Llama or Gemma config")
      }
      return value
    }
    var model = ModelConfiguration(size: .micro)
    model.size = nil
    model.layers = try number("num_hidden_layers")
    model.width = try number("hidden_size")
    model.heads = try number("num_attention_heads")
    model.ffn = try number("intermediate_size")
    model.context = try number("max_position_embeddings")
    model.batch = fields["magmascope_batch"] as? Int ?? 1
    model.head = (fields["tie_word_embeddings"] as? Bool ?? false) ? .tied : .untied
    switch fields["model_type"] as? String {
    case "llama": model.architecture = .llama
    case "gemma":
      model.architecture = .gemma
      model.attentionCap = fields["attn_logit_softcapping"] as? Double
      model.logitCap = fields["final_logit_softcapping"] as? Double
    case let other:
      throw FileError.bad(
        place, "describes a '\(other ?? "nameless")' model", "only llama and gemma are known")
    }
    if let problem = model.problem {
      throw FileError.bad(place, problem, "use a checkpoint's own config.json")
    }
    return (model, try number("vocab_size"))
  }
}
