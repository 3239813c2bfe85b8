import RunModel

/// A tokenizer read from a `tokenizer.json`: byte pair encoding over bytes, or the Llama 2 kind.
///
/// Encodes as PyPI `tokenizers` does without special tokens around the text: tokens added to the
/// vocabulary are found first, then the stretches between them are cut and merged.
package struct ForeignTokenizer: Tokenizer {
  private let file: TokenizerFile
  /// The bytes each token stands for; nil for numbers that no token has.
  private let spellings: [[UInt8]?]
  private let fingerprint: String
  private let added: Set<Int32>

  package let vocabularySize: Int
  package var name: String { "checkpoint" }
  package var cacheKey: String? { "foreign-" + fingerprint }

  /// - Parameter vocabulary: tokens of the model; at least as many as the file has.
  /// - Throws: `RunError(.input)` naming what is not supported, or does not fit together.
  package init(_ bytes: [UInt8], vocabulary: Int, place: String) throws(RunError) {
    file = try TokenizerFile(bytes, place: place)
    vocabularySize = vocabulary
    fingerprint = ContentHash(bytes).text
    var spellings = [[UInt8]?](repeating: nil, count: vocabulary)
    func spell(_ number: Int, _ bytes: [UInt8]) throws(RunError) {
      guard number < vocabulary else {
        throw RunError(
          .input, "has a token numbered \(number), the model has \(vocabulary) tokens",
          place: place, remedy: "use the tokenizer that belongs to the model")
      }
      spellings[number] = bytes
    }
    for token in file.vocabulary { try spell(token.number, file.alphabet.bytes(of: token.text)) }
    for token in file.added { try spell(token.number, Array(token.text.utf8)) }
    self.spellings = spellings
    added = Set(file.added.map { Int32($0.number) })
  }

  package func encode(_ bytes: ArraySlice<UInt8>) -> [Int32] {
    var known: [[UInt8]: [Int32]] = [:]
    var tokens: [Int32] = []
    tokens.reserveCapacity(bytes.count / 3)
    let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    file.early.forEachPart(of: text[...]) { part in
      switch part {
      case .token(let number): tokens.append(number)
      case .text(let stretch):
        file.late.forEachPart(of: stretch) { part in
          switch part {
          case .token(let number): tokens.append(number)
          case .text(let stretch): encode(stretch, &known, into: &tokens)
          }
        }
      }
    }
    return tokens
  }

  private func encode(
    _ text: ArraySlice<Unicode.Scalar>, _ known: inout [[UInt8]: [Int32]],
    into tokens: inout [Int32]
  ) {
    for piece in file.alphabet.pieces(of: text) {
      let key = Array(String(String.UnicodeScalarView(piece)).utf8)
      if let merged = known[key] {
        tokens += merged
        continue
      }
      let merged = file.model.tokens(of: file.alphabet.symbols(of: piece))
      // Long pieces hardly come twice.
      if key.count <= 64 { known[key] = merged }
      tokens += merged
    }
  }

  /// The text that the tokens were made of: every space that encoding put before a stretch is taken
  /// out again. (`tokenizers` leaves those that follow an added token.)
  package func decode(_ tokens: [Int32]) -> [UInt8] {
    var text: [UInt8] = []
    var startsStretch = file.dropsFirstSpace
    for token in tokens where spellings.indices.contains(Int(token)) {
      var bytes = (spellings[Int(token)] ?? [])[...]
      if startsStretch, bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
      text += bytes
      startsStretch = file.marksEveryStretch && added.contains(token)
    }
    return text
  }
}

/// Tokens that are found in a text as they stand, before anything else is done to it.
struct AddedTokens: Sendable {
  enum Part {
    case token(Int32)
    case text(ArraySlice<Unicode.Scalar>)
  }

  /// By first scalar, longest first.
  private let byStart: [Unicode.Scalar: [(scalars: [Unicode.Scalar], number: Int32)]]

  init(_ tokens: [(text: String, number: Int)]) {
    var byStart: [Unicode.Scalar: [(scalars: [Unicode.Scalar], number: Int32)]] = [:]
    for token in tokens {
      let scalars = Array(token.text.unicodeScalars)
      guard let first = scalars.first else { continue }
      byStart[first, default: []].append((scalars, Int32(token.number)))
    }
    self.byStart = byStart.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
  }

  /// The leftmost added token first, the longest of those that start there.
  func forEachPart(of text: ArraySlice<Unicode.Scalar>, _ body: (Part) -> Void) {
    var start = text.startIndex
    var position = byStart.isEmpty ? text.endIndex : start
    while position < text.endIndex {
      let found = byStart[text[position]]?.first { text[position...].starts(with: $0.scalars) }
      guard let found else {
        position += 1
        continue
      }
      if start < position { body(.text(text[start..<position])) }
      body(.token(found.number))
      position += found.scalars.count
      start = position
    }
    if start < text.endIndex { body(.text(text[start...])) }
  }
}
