import RunModel

/// Everything that fixes a decoder's function: Hugging Face's `LlamaForCausalLM` or `GemmaForCausalLM`.
///
/// Gemma is the first Gemma (GELU gate, (1 + w) norms, embeddings times √width, tied head); the two
/// caps are Gemma 2's, off unless set.
package struct TransformerConfiguration: Sendable, Hashable {
  package var model: ModelConfiguration
  package var vocabulary: Int
  /// Caps attention scores to ±value by value·tanh(z/value); 0: none (Gemma 2 has 50).
  package var attentionSoftcap: Float
  /// Caps logits the same way; 0: none (Gemma 2 has 30).
  package var finalSoftcap: Float

  package init(_ model: ModelConfiguration, vocabulary: Int) {
    precondition(model.problem == nil, model.problem ?? "")
    precondition(vocabulary >= 1, "a vocabulary needs a token")
    self.model = model
    self.vocabulary = vocabulary
    attentionSoftcap = Float(model.attentionCap ?? 0)
    finalSoftcap = Float(model.logitCap ?? 0)
  }

  package static let initialDeviation = 0.02

  package var isGemma: Bool { model.architecture == .gemma }
  /// Gemma ties its head whatever is asked.
  package var tiesHead: Bool { isGemma || model.head == .tied }
  package var headWidth: Int { model.headWidth }
  /// Numbers of a token's queries, keys and values side by side.
  package var queryKeyValueWidth: Int { model.queryWidth + 2 * model.keyWidth }
  package var normEpsilon: Float { Float(model.normEpsilon) }
  package var normOffset: Float { isGemma ? 1 : 0 }
  package var embeddingScale: Float { isGemma ? Float(Double(model.width).squareRoot()) : 1 }

  /// Tokens that one pass carries through all layers: few, so that activations stay in cache.
  var passTokens: Int { max(model.context, 256) }
}
