import TensorKernels

/// Spells words that nobody knows: pronounceable, distinct, shorter for more frequent ranks.
enum InventedSpelling {
  private static let onsets = Array("bdfghklmnprstvz".utf8)
  private static let vowels = Array("aeiou".utf8)
  private static let codas = Array("lmnrs".utf8)

  /// `count` distinct words by falling frequency, each ended by a space.
  static func words(_ count: Int, random: inout RandomStream) -> [[UInt8]] {
    var taken: Set<[UInt8]> = []
    var words: [[UInt8]] = []
    while words.count < count {
      let word = spell(syllables: syllables(rank: words.count), random: &random)
      if taken.insert(word).inserted { words.append(word + [UInt8(ascii: " ")]) }
    }
    return words
  }

  /// Few words can be short: 15 · 5 · 6 one-syllable words exist, a tenth of them are used.
  private static func syllables(rank: Int) -> Int {
    switch rank {
    case ..<40: 1
    case ..<4_000: 2
    default: 3
    }
  }

  private static func spell(syllables: Int, random: inout RandomStream) -> [UInt8] {
    var word: [UInt8] = []
    for _ in 0..<syllables {
      word.append(onsets[random.integer(below: onsets.count)])
      word.append(vowels[random.integer(below: vowels.count)])
    }
    if random.uniform() < 0.4 { word.append(codas[random.integer(below: codas.count)]) }
    return word
  }
}
