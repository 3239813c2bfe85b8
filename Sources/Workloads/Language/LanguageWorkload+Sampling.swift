import RunModel

extension LanguageWorkload {
  /// What the arm has learnt to write; an empty prompt starts from the validation text's first token.
  func sample(
    parameters: Span<Float>, prompt: String, tokens count: Int, temperature: Double, seed: UInt64
  ) -> String? {
    let text = TextSampler(transformer: transformer, tokenizer: source.data.tokenizer).sample(
      parameters: parameters, prompt: prompt, fallback: source.data.validation.first ?? 0,
      tokens: count, temperature: temperature, seed: seed)
    return text.map { String(decoding: $0, as: UTF8.self) }
  }
}
