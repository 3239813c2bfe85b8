import RealModule
import RunModel
import TensorKernels

/// Continues texts with a trained decoder, one token at a time.
package struct TextSampler {
  private let transformer: Transformer
  private let tokenizer: any Tokenizer

  package init(transformer: Transformer, tokenizer: any Tokenizer) {
    self.transformer = transformer
    self.tokenizer = tokenizer
  }

  /// Continues `prompt` by `count` tokens; the answer leaves the prompt out.
  ///
  /// Each token is drawn from softmax(logits / temperature) given at most a context of the past, or
  /// is the likeliest one at temperature 0. `fallback` starts an empty prompt. Nil when the model
  /// answers with something that is no number: it has diverged, and believes nothing.
  package func sample(
    parameters: Span<Float>, prompt: String, fallback: Int32, tokens count: Int,
    temperature: Double, seed: UInt64
  ) -> [UInt8]? {
    var tokens = tokenizer.encode(ArraySlice(prompt.utf8))
    if tokens.isEmpty { tokens = [fallback] }
    let start = tokens.count
    var random = RandomStream(seed: seed, purpose: .sampling)
    var logits = [Float](repeating: 0, count: tokenizer.vocabularySize)
    for _ in 0..<max(0, count) {
      let past = Array(tokens.suffix(transformer.configuration.model.context))
      var output = logits.mutableSpan
      transformer.logits(parameters: parameters, tokens: past.span, into: &output)
      guard logits.allSatisfy({ !$0.isNaN }) else { return nil }
      tokens.append(Self.draw(logits, temperature: temperature, uniform: random.uniform()))
    }
    // Decoded whole: a rule for the start of a text must not meet its middle.
    let before = tokenizer.decode(Array(tokens[..<start])).count
    return Array(tokenizer.decode(tokens).dropFirst(before))
  }

  /// A token drawn from softmax(logits / temperature) by inversion.
  static func draw(_ logits: [Float], temperature: Double, uniform: Double) -> Int32 {
    guard let largest = logits.max(), let likeliest = logits.firstIndex(of: largest) else {
      return 0
    }
    guard temperature > 0, largest.isFinite else { return Int32(likeliest) }
    let weights = logits.map { Double.exp(Double($0 - largest) / temperature) }
    var remaining = uniform * weights.reduce(0, +)
    for (token, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return Int32(token) }
    }
    return Int32(likeliest)
  }
}
