extension BytePairTokenizer {
  /// Learns a vocabulary from `text`, or takes it from the cache when the same was learnt before.
  ///
  /// - Parameters:
  ///   - vocabularySize: tokens wanted, the 256 bytes included; fewer when no pair occurs twice.
  ///   - cacheDirectory: where to keep it; nil for nowhere.
  package static func trained(
    on text: ArraySlice<UInt8>, vocabularySize: Int, cacheDirectory: String?,
    progress: (Double) -> Void = { _ in }
  ) -> BytePairTokenizer {
    trained(
      on: text, vocabularySize: vocabularySize,
      cache: cacheDirectory.map { VocabularyCache(directory: $0) }, progress: progress)
  }

  static func trained(
    on text: ArraySlice<UInt8>, vocabularySize: Int, cache: VocabularyCache?,
    progress: (Double) -> Void
  ) -> BytePairTokenizer {
    let key = VocabularyCache.key(text: text, vocabularySize: vocabularySize)
    if let merges = cache?.merges(key) {
      return BytePairTokenizer(merges: Array(merges.prefix(max(0, vocabularySize - 256))))
    }
    var trainer = BytePairTrainer(text: text)
    let merges = trainer.merges(vocabularySize: vocabularySize, progress: progress)
    cache?.store(merges, key)
    return BytePairTokenizer(merges: merges)
  }
}
