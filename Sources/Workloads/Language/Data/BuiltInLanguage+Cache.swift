extension BuiltInLanguage {
  /// The fingerprint of `standardText`: a text that another version kept is not taken for it.
  package static let standardFingerprint: UInt64 = 0xFA34_BA6D_72C6_C3CE

  /// `standardText`, from the cache when it was made before.
  package static func standardText(cache: DataCache) -> [UInt8] {
    cache.values(
      "text-" + String(standardFingerprint, radix: 16),
      isValid: { ContentHash($0).value == standardFingerprint }, make: { standardText })
  }

  /// A text of the language as long as the standard one, from the cache when it was made before.
  func text(cache: DataCache) -> [UInt8] {
    cache.values(
      "text-of-\(fingerprint.text)", isValid: { $0.count == Self.corpusBytes },
      make: { source.generate(bytes: Self.corpusBytes, seed: Self.corpusSeed &+ 1) })
  }

  /// Bayes-optimal loss on the windows of a text drawn from this language, from the cache when known.
  func floor(of text: [UInt8], windows: ValidationWindows, cache: DataCache) -> Double {
    let bounds = windows.ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    let key = [fingerprint, ContentHash(text), ContentHash(bounds)].map(\.text)
    let values = cache.values(
      "floor-" + key.joined(separator: "-"), isValid: { $0.count == 1 },
      make: {
        var filter = BayesFilter(source)
        return [filter.meanLoss(of: text, windows: windows.ranges)]
      })
    return values[0]
  }

  /// Tells apart languages of different words, frequencies or order.
  private var fingerprint: ContentHash {
    let chain = source.successors.flatMap { $0.flatMap { [Double($0.word), $0.probability] } }
    let letters = source.spellings.flatMap { $0.map { Double($0) } }
    return ContentHash(source.frequencies + chain + letters)
  }
}
