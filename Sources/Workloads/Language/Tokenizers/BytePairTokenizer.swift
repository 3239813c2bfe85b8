/// Byte pair encoding (Sennrich, Haddow & Birch, 2016) over the 256 bytes: no text is outside it.
///
/// Token `256 + i` joins the pair `merges[i]`; within a chunk (a word with the space before it, a
/// run of digits, of signs, or of white space) the earliest learnt pair is joined first.
package struct BytePairTokenizer: Tokenizer {
  /// Two neighbouring tokens.
  package struct Pair: Sendable, Hashable, Comparable, BitwiseCopyable {
    package var left: Int32
    package var right: Int32

    package init(_ left: Int32, _ right: Int32) {
      self.left = left
      self.right = right
    }

    package static func < (a: Pair, b: Pair) -> Bool {
      (a.left, a.right) < (b.left, b.right)
    }
  }

  package let merges: [Pair]
  private let ranks: [Pair: Int32]
  /// The bytes each token stands for.
  private let spellings: [[UInt8]]

  package var name: String { "bpe" }
  package var vocabularySize: Int { spellings.count }
  package var cacheKey: String? { "bpe-" + ContentHash(merges).text }

  /// - Precondition: each pair names tokens that exist before it.
  package init(merges: [Pair]) {
    precondition(Self.isVocabulary(merges), "a merge joins tokens that are not learnt yet")
    self.merges = merges
    var ranks: [Pair: Int32] = [:]
    var spellings = (0..<256).map { [UInt8($0)] }
    for (rank, pair) in merges.enumerated() {
      ranks[pair] = Int32(rank)
      spellings.append(spellings[Int(pair.left)] + spellings[Int(pair.right)])
    }
    (self.ranks, self.spellings) = (ranks, spellings)
  }

  package func encode(_ bytes: ArraySlice<UInt8>) -> [Int32] {
    var known: [ArraySlice<UInt8>: [Int32]] = [:]
    var tokens: [Int32] = []
    tokens.reserveCapacity(bytes.count / 2)
    for chunk in TextChunks(bytes) {
      if let encoded = known[chunk] {
        tokens += encoded
      } else {
        let encoded = encode(chunk: chunk)
        known[chunk] = encoded
        tokens += encoded
      }
    }
    return tokens
  }

  package func decode(_ tokens: [Int32]) -> [UInt8] {
    tokens.flatMap { spellings.indices.contains(Int($0)) ? spellings[Int($0)] : [] }
  }

  private func encode(chunk: ArraySlice<UInt8>) -> [Int32] {
    var tokens = chunk.map { Int32($0) }
    while let rank = lowestRank(tokens) {
      tokens = Self.join(merges[Int(rank)], into: 256 + rank, tokens)
    }
    return tokens
  }

  private func lowestRank(_ tokens: [Int32]) -> Int32? {
    zip(tokens, tokens.dropFirst()).compactMap { ranks[Pair($0, $1)] }.min()
  }

  /// `tokens` with every occurrence of `pair`, from left to right, replaced by `merged`.
  static func join(_ pair: Pair, into merged: Int32, _ tokens: [Int32]) -> [Int32] {
    var joined: [Int32] = []
    joined.reserveCapacity(tokens.count)
    var i = 0
    while i < tokens.count {
      if i + 1 < tokens.count, tokens[i] == pair.left, tokens[i + 1] == pair.right {
        joined.append(merged)
        i += 2
      } else {
        joined.append(tokens[i])
        i += 1
      }
    }
    return joined
  }
}

extension BytePairTokenizer {
  /// Learns a vocabulary from `text`, or takes it from the cache when the same was learnt before.
  ///
  /// - Parameter vocabularySize: tokens wanted, the 256 bytes included; fewer when no pair occurs twice.
  package static func trained(
    on text: ArraySlice<UInt8>, vocabularySize: Int, cache: DataCache,
    progress: (Double) -> Void = { _ in }
  ) -> BytePairTokenizer {
    let key = "merges-\(vocabularySize)-\(text.count)-\(ContentHash(text).text)"
    let merges = cache.values(
      key, isValid: { $0.count <= max(0, vocabularySize - 256) && isVocabulary($0) }
    ) {
      var trainer = BytePairTrainer(text: text)
      return trainer.merges(vocabularySize: vocabularySize, progress: progress)
    }
    return BytePairTokenizer(merges: merges)
  }

  /// Whether each pair names tokens that exist before it.
  static func isVocabulary(_ merges: [Pair]) -> Bool {
    merges.enumerated().allSatisfy { rank, pair in
      let known = 0..<Int32(256 + rank)
      return known.contains(pair.left) && known.contains(pair.right)
    }
  }
}
