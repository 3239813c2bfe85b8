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
