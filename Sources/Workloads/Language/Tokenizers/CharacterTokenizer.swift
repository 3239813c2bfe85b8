import RunModel

/// Every Unicode scalar that occurs in a text is a token, in order of its code.
package struct CharacterTokenizer: Tokenizer {
  /// Token number to scalar.
  package let scalars: [Unicode.Scalar]
  private let tokens: [Unicode.Scalar: Int32]

  package var name: String { "character" }
  package var isOfCharacters: Bool { true }
  package var vocabularySize: Int { scalars.count }
  package var cacheKey: String? { "characters-" + ContentHash(scalars.map(\.value)).text }

  /// - Throws: `RunError(.input)` when the text is not UTF-8.
  package init(text: [UInt8], place: String, cache: DataCache = .none) throws(RunError) {
    let key = "characters-\(text.count)-\(ContentHash(text).text)"
    let kept: [UInt32]? = cache.load(key)
    if let kept, let scalars = Self.scalars(kept) {
      self.init(scalars)
      return
    }
    try self.init(Self.scalars(of: text, place: place))
    cache.store(scalars.map(\.value), key)
  }

  private init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    tokens = Dictionary(
      uniqueKeysWithValues: scalars.enumerated().map { ($0.element, Int32($0.offset)) })
  }

  /// Nil unless the codes are scalars in order, each once.
  private static func scalars(_ codes: [UInt32]) -> [Unicode.Scalar]? {
    let scalars = codes.compactMap { Unicode.Scalar($0) }
    let isAscending = zip(scalars, scalars.dropFirst()).allSatisfy { $0 < $1 }
    return isAscending && scalars.count == codes.count ? scalars : nil
  }

  private static func scalars(
    of text: [UInt8], place: String
  ) throws(RunError) -> [Unicode.Scalar] {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw RunError(
        .input, "is not UTF-8 text", place: place, remedy: "use --set tokenizer=byte for any bytes")
    }
    return Set(string.unicodeScalars).sorted()
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
