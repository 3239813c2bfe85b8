import Checkpoints
import Foundation
import RunModel
import Testing

@Suite struct ModelDescriptionTests {
  @Test(arguments: ModelSize.allCases, ModelConfiguration.Architecture.allCases)
  func aModelComesBackFromItsDescription(
    _ size: ModelSize, _ architecture: ModelConfiguration.Architecture
  ) throws {
    var model = ModelConfiguration(size: size, architecture: architecture)
    (model.normEpsilon, model.ropeTheta) = (1e-6, 5e5)
    if architecture == .gemma { (model.attentionCap, model.logitCap) = (50, 30) }
    (model.keyValueHeads, model.headSize, model.attentionBias) = (1, 12, true)
    if architecture == .llama { (model.activation, model.mlpBias) = (.gelu, true) }
    if architecture == .llama { (model.ropeScaling, model.ropeContext) = (.llama3, 64) }
    let bytes = ModelDescription.encode(model, vocabulary: 256)
    let (decoded, vocabulary) = try ModelDescription.decode(bytes, place: "config.json")
    model.size = nil
    #expect(decoded == model && vocabulary == 256)
  }

  /// A complete description of each family as Hugging Face writes it, with `changes`.
  private func description(
    _ changes: [String: Any?], family: String = "llama"
  ) throws -> [UInt8] {
    var fields: [String: Any] = [
      "model_type": family, "vocab_size": 32, "hidden_size": 16, "intermediate_size": 20,
      "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8,
      "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
      "hidden_act": family == "gemma" ? "gelu_pytorch_tanh" : "silu",
      "tie_word_embeddings": family == "gemma", "attention_bias": false,
      "attention_dropout": 0.0, "initializer_range": 0.02, "use_cache": true, "bos_token_id": 1,
      "transformers_version": "5.0", "architectures": ["X"], "dtype": "bfloat16",
      "rope_parameters": ["rope_theta": 10000.0, "rope_type": "default"],
    ]
    for (key, value) in changes { fields[key] = value ?? NSNull() }
    return Array(try JSONSerialization.data(withJSONObject: fields))
  }

  @Test(arguments: ["llama", "gemma"])
  func whatHuggingFaceWritesIsRead(_ family: String) throws {
    let (model, vocabulary) = try ModelDescription.decode(
      try description([:], family: family), place: "x")
    #expect(model.architecture.rawValue == family && vocabulary == 32 && model.layers == 2)
    #expect(model.normEpsilon == 1e-6 && model.ropeTheta == 10_000 && model.problem == nil)
  }

  @Test func keysThatChangeTheResultAreHonoured() throws {
    func read(_ changes: [String: Any?]) throws -> ModelConfiguration {
      try ModelDescription.decode(try description(changes), place: "x").model
    }
    #expect(try read(["rms_norm_eps": 1e-3]).normEpsilon == 1e-3)
    #expect(try read(["rms_norm_eps": nil]).normEpsilon == 1e-6)
    #expect(try read(["rope_parameters": nil, "rope_theta": 5e5]).ropeTheta == 5e5)
    #expect(try read(["rope_parameters": ["rope_theta": 5e5]]).ropeTheta == 5e5)
    #expect(try read(["rope_parameters": nil]).ropeTheta == 10_000)
    #expect(try read(["tie_word_embeddings": true]).head == .tied)
    #expect(try read(["num_key_value_heads": 1]).keyHeads == 1)
    #expect(try read(["head_dim": 6]).headWidth == 6)
    #expect(try read(["head_dim": nil, "num_key_value_heads": nil]).headSize == nil)
    #expect(try read(["hidden_act": "gelu"]).gateActivation == .gelu)
    #expect(try read(["attention_bias": true]).attentionBias)
    #expect(try read(["mlp_bias": true]).mlpBias)
    let linear = try read([
      "rope_parameters": nil, "rope_scaling": ["type": "linear", "factor": 2.5],
    ])
    #expect(linear.ropeScaling == .linear && linear.ropeFactor == 2.5)
    let stretched = try read([
      "rope_parameters": [
        "rope_theta": 5e5, "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 16,
      ]
    ])
    #expect(stretched.ropeScaling == .llama3 && stretched.ropeContext == 16)
    #expect(stretched.ropeFactor == 32 && stretched.ropeTheta == 5e5)
    #expect(try read(["max_position_embeddings": 131_072]).context == 4_096)
  }

  /// Keys with values, as JSON, that no model here computes.
  private static let refused = [
    ("rms_norm_eps", "0"), ("rms_norm_eps", "\"1e-6\""), ("rope_theta", "-1"),
    ("rope_theta", "true"), ("hidden_act", "\"relu\""), ("hidden_size", "16.5"),
    ("hidden_size", "-16"), ("hidden_size", "0"), ("hidden_size", "2147483648"),
    ("hidden_size", "4611686018427387904"), ("hidden_size", "true"), ("hidden_size", "null"),
    ("num_hidden_layers", "2147483648"), ("num_attention_heads", "3"),
    ("vocab_size", "1099511627776"), ("vocab_size", "0"), ("max_position_embeddings", "0"),
    ("max_position_embeddings", "4611686018427387904"), ("quantization_config", "{\"bits\":4}"),
    ("sliding_window", "4"), ("attention_dropout", "0.1"), ("partial_rotary_factor", "0.5"),
    ("pretraining_tp", "2"), ("residual_multiplier", "0.2"), ("attn_logit_softcapping", "50"),
    ("tie_word_embeddings", "1"), ("model_type", "\"mistral\""), ("model_type", "null"),
    ("magmascope_batch", "0"), ("rope_interleaved", "true"),
    ("rope_scaling", "{\"rope_type\":\"linear\",\"factor\":2}"), ("head_dim", "7"),
    ("num_key_value_heads", "0"), ("num_key_value_heads", "2147483648"), ("head_dim", "8.5"),
    ("mlp_bias", "\"no\""), ("rope_parameters", "{\"rope_type\":\"yarn\",\"factor\":2}"),
    ("rope_parameters", "{\"rope_type\":\"linear\"}"),
    ("rope_parameters", "{\"rope_type\":\"linear\",\"factor\":0}"),
    ("rope_parameters", "{\"rope_type\":\"linear\",\"factor\":2,\"beta_fast\":3}"),
    ("rope_parameters", "{\"rope_type\":\"llama3\",\"factor\":2}"),
  ]

  @Test(arguments: refused.indices)
  func whatIsNotComputedIsRefusedByName(_ index: Int) throws {
    let (key, value) = Self.refused[index]
    let parsed = try JSONSerialization.jsonObject(
      with: Data(value.utf8), options: [.fragmentsAllowed])
    let bytes = try description([key: parsed])
    let error = #expect(throws: RunError.self) {
      try ModelDescription.decode(bytes, place: "dir/config.json")
    }
    #expect(error?.exitCode == 4 && error?.place.hasPrefix("dir/config.json") == true)
    let described = error?.description ?? ""
    // Those that only do not fit together are named by the setting.
    let isJoint = ["model_type", "num_attention_heads", "head_dim"].contains(key)
    #expect(described.contains(key) || isJoint, "\(described)")
  }

  @Test func aCappedGemmaIsNotPassedOffAsHuggingFacesGemma() throws {
    var model = ModelConfiguration(size: .nano, architecture: .gemma)
    model.logitCap = 30
    let text = String(decoding: ModelDescription.encode(model, vocabulary: 9), as: UTF8.self)
    #expect(!text.contains("\"gemma\"") && !text.contains("\"GemmaForCausalLM\""))
    let foreign = try description(["final_logit_softcapping": 30.0], family: "gemma")
    #expect(throws: RunError.self) { try ModelDescription.decode(foreign, place: "x") }
    // What the first version of this program wrote is known for what it is.
    let old = try description(
      ["final_logit_softcapping": 30.0, "magmascope_batch": 4], family: "gemma")
    #expect(try ModelDescription.decode(old, place: "x").model.logitCap == 30)
  }

  @Test func aMissingKeyIsNamed() {
    let error = #expect(throws: RunError.self) {
      try ModelDescription.decode(Array(#"{"model_type":"llama"}"#.utf8), place: "config.json")
    }
    #expect(error?.description.contains("num_hidden_layers") == true)
  }
}
