/// Turns bytes into token numbers and back.
package protocol Tokenizer: Sendable {
  /// `byte`, `character` or `bpe`.
  var name: String { get }
  /// Tokens are `0 ..< vocabularySize`.
  var vocabularySize: Int { get }
  /// Names everything its encoding depends on; nil when encoding costs no more than reading a file.
  var cacheKey: String? { get }
  /// Whether every token is a byte or a character, so that a floor of a text's bytes is the model's.
  var isOfCharacters: Bool { get }
  /// The tokens of a text; symbols outside the vocabulary are left out.
  func encode(_ bytes: ArraySlice<UInt8>) -> [Int32]
  /// The bytes of the tokens; `decode(encode(text)) == text` for the text it was made from.
  func decode(_ tokens: [Int32]) -> [UInt8]
}

extension Tokenizer {
  package var isOfCharacters: Bool { false }

  /// The tokens of a text, from the cache when the same was encoded before.
  func encode(_ bytes: ArraySlice<UInt8>, cache: DataCache) -> [Int32] {
    guard let cacheKey else { return encode(bytes) }
    let known = 0..<Int32(vocabularySize)
    return cache.values(
      "tokens-\(cacheKey)-\(bytes.count)-\(ContentHash(bytes).text)",
      isValid: { $0.allSatisfy { known.contains($0) } }, make: { encode(bytes) })
  }
}

/// Every byte is its own token: 256 tokens, any file, nothing to learn.
package struct ByteTokenizer: Tokenizer {
  package init() {}

  package var name: String { "byte" }
  package var isOfCharacters: Bool { true }
  package var vocabularySize: Int { 256 }
  package var cacheKey: String? { nil }

  package func encode(_ bytes: ArraySlice<UInt8>) -> [Int32] { bytes.map { Int32($0) } }

  package func decode(_ tokens: [Int32]) -> [UInt8] {
    tokens.map { UInt8(truncatingIfNeeded: $0) }
  }
}
