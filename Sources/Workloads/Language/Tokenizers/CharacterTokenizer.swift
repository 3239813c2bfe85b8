import RunModel

/// Every Unicode scalar that occurs in a text is a token, in order of its code.
package struct CharacterTokenizer: Tokenizer {
  /// Token number to scalar.
  package let scalars: [Unicode.Scalar]
  private let tokens: [Unicode.Scalar: Int32]

  package var name: String { "character" }
  package var vocabularySize: Int { scalars.count }

  /// - Throws: `RunError(.input)` when the text is not UTF-8.
  package init(text: [UInt8], place: String) throws(RunError) {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw RunError(
        .input, "is not UTF-8 text", place: place, remedy: "use --set tokenizer=byte for any bytes")
    }
    scalars = Set(string.unicodeScalars).sorted()
    tokens = Dictionary(
      uniqueKeysWithValues: scalars.enumerated().map { ($0.element, Int32($0.offset)) })
  }

  package func encode(_ bytes: ArraySlice<UInt8>) -> [Int32] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.compactMap { tokens[$0] }
  }

  package func decode(_ tokens: [Int32]) -> [UInt8] {
    var text = String.UnicodeScalarView()
    for token in tokens where scalars.indices.contains(Int(token)) {
      text.append(scalars[Int(token)])
    }
    return Array(String(text).utf8)
  }
}
