import TensorKernels

/// The text that needs no file: an invented language whose entropy is known exactly.
///
/// **Words.** `wordCount` invented words of consonant-vowel syllables, frequent ones shorter.
/// **Frequencies.** Zipf's law: the word of rank r has probability proportional to 1/r.
/// **Order.** A Markov chain that keeps these frequencies exactly. Lay all words on the unit interval,
/// each as wide as its frequency, twice in two random orders; where word u of the first row and word v
/// of the second lie over each other, u is followed by v with probability overlap/frequency(u). Both
/// rows have Zipf's widths, so the step preserves them; rows in which a word follows itself often are
/// drawn again. Several such pairs of rows, mixed with
/// `mixture`, give the chain: rare words have few successors, common ones many, as in a natural text.
/// **Entropy.** The chain is known, so are the entropy rate (`WordMarkovSource.entropyRate`) and the
/// loss of the best predictor on any window (`BayesFilter`).
package struct BuiltInLanguage: Sendable {
  package let source: WordMarkovSource

  /// Fixed so that everybody's built-in language is the same text.
  package static let corpusSeed: UInt64 = 2602_15322
  package static let corpusBytes = 4 << 20

  private static let standardMixture = [0.7, 0.2, 0.1]

  /// The language of the presets.
  package static let standard = BuiltInLanguage(
    wordCount: 256, mixture: standardMixture, seed: corpusSeed)

  /// What a model of the standard language is fine-tuned to.
  package static func shifted(by shift: Double) -> BuiltInLanguage {
    standard.shifted(by: shift, mixture: standardMixture, seed: corpusSeed)
  }

  /// Its text, made on first use and shared by every run of the process.
  package static let standardText = standard.source.generate(bytes: corpusBytes, seed: corpusSeed)

  /// - Parameter mixture: weight of each pair of rows; sums to 1.
  package init(wordCount: Int, mixture: [Double], seed: UInt64) {
    precondition(wordCount > 0 && !mixture.isEmpty, "a language needs words and an order")
    var random = RandomStream(seed: seed, purpose: .corpus, substream: 1)
    let frequencies = Self.zipf(wordCount)
    let order = Self.order(frequencies, mixture, &random)
    source = WordMarkovSource(
      spellings: InventedSpelling.words(wordCount, random: &random), frequencies: frequencies,
      successors: Self.successors(order))
  }

  private init(_ source: WordMarkovSource) { self.source = source }

  /// The same words, as frequent as before, of whose order the share `shift` is another.
  ///
  /// Both orders keep the words' frequencies, so their mixture does, and its floor is as exact.
  package func shifted(by shift: Double, mixture: [Double], seed: UInt64) -> BuiltInLanguage {
    var random = RandomStream(seed: seed, purpose: .corpus, substream: 2)
    var order = Self.order(source.frequencies, mixture, &random)
    for word in order.indices {
      for next in order[word].indices { order[word][next] *= shift }
      for old in source.successors[word] {
        order[word][old.word] += (1 - shift) * old.probability
      }
    }
    return BuiltInLanguage(
      WordMarkovSource(
        spellings: source.spellings, frequencies: source.frequencies,
        successors: Self.successors(order)))
  }

  /// Probabilities of every word after every other.
  private static func order(
    _ frequencies: [Double], _ mixture: [Double], _ random: inout RandomStream
  ) -> [[Double]] {
    let count = frequencies.count
    var order = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    for weight in mixture {
      let (first, second) = rows(frequencies, &random)
      overlay(first, second, widths: frequencies) { upper, lower, overlap in
        order[upper][lower] += weight * overlap / frequencies[upper]
      }
    }
    return order
  }

  private static func successors(_ order: [[Double]]) -> [[WordMarkovSource.Successor]] {
    order.map { row in
      row.indices.filter { row[$0] > 0 }.map {
        WordMarkovSource.Successor(word: $0, probability: row[$0])
      }
    }
  }

  /// Two random orders of the words in which hardly any word lies over itself, so that none stutters.
  private static func rows(
    _ widths: [Double], _ random: inout RandomStream
  ) -> (upper: [Int], lower: [Int]) {
    while true {
      let upper = random.permutation(widths.count)
      let lower = random.permutation(widths.count)
      var repeated = 0.0
      overlay(upper, lower, widths: widths) { if $0 == $1 { repeated += $2 } }
      if repeated < max(0.01, 2 / Double(widths.count)) { return (upper, lower) }
    }
  }

  private static func zipf(_ count: Int) -> [Double] {
    let weights = (1...count).map { 1 / Double($0) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// Reports every overlap of the intervals of two rows of words, from left to right.
  private static func overlay(
    _ upper: [Int], _ lower: [Int], widths: [Double], report: (Int, Int, Double) -> Void
  ) {
    var (i, j) = (0, 0)
    var (upperLeft, lowerLeft) = (widths[upper[0]], widths[lower[0]])
    while true {
      let overlap = min(upperLeft, lowerLeft)
      // Slivers left by rounding would add successors of probability 1e-17.
      if overlap > 1e-12 { report(upper[i], lower[j], overlap) }
      upperLeft -= overlap
      lowerLeft -= overlap
      if upperLeft <= 1e-12 {
        i += 1
        guard i < upper.count else { return }
        upperLeft += widths[upper[i]]
      }
      if lowerLeft <= 1e-12 {
        j += 1
        guard j < lower.count else { return }
        lowerLeft += widths[lower[j]]
      }
    }
  }
}

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
