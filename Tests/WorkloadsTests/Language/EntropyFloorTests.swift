import Foundation
import Testing
import Workloads

/// A language small enough to enumerate: words that are prefixes of each other, uneven order.
private let tiny = WordMarkovSource(
  spellings: ["a ", "ab ", "b "].map { Array($0.utf8) },
  frequencies: [0.5, 0.3, 0.2],
  successors: [
    [
      .init(word: 0, probability: 0.4), .init(word: 1, probability: 0.36),
      .init(word: 2, probability: 0.24),
    ],
    [.init(word: 0, probability: 0.6), .init(word: 1, probability: 0.4)],
    [.init(word: 0, probability: 0.6), .init(word: 2, probability: 0.4)],
  ])

/// Probability that a stationary text starts with `text`, by summing over every path of words.
private func enumeratedProbability(_ text: [UInt8]) -> Double {
  func continued(_ word: Int, _ offset: Int, _ position: Int) -> Double {
    guard position < text.count else { return 1 }
    let spelling = tiny.spellings[word]
    guard offset < spelling.count else {
      return tiny.successors[word].reduce(0) {
        $0 + $1.probability * continued($1.word, 0, position)
      }
    }
    guard spelling[offset] == text[position] else { return 0 }
    return continued(word, offset + 1, position + 1)
  }
  let length = zip(tiny.frequencies, tiny.spellings).reduce(0) { $0 + $1.0 * Double($1.1.count) }
  var total = 0.0
  for word in tiny.spellings.indices {
    for offset in tiny.spellings[word].indices {
      total += tiny.frequencies[word] / length * continued(word, offset, 0)
    }
  }
  return total
}

@Suite struct EntropyFloorTests {
  @Test func theTinyLanguageIsStationary() {
    for word in tiny.frequencies.indices {
      let inflow = tiny.successors.enumerated().reduce(0.0) { sum, row in
        sum
          + row.element.filter { $0.word == word }.reduce(0) {
            $0 + tiny.frequencies[row.offset] * $1.probability
          }
      }
      #expect(abs(inflow - tiny.frequencies[word]) < 1e-12)
    }
  }

  @Test(arguments: ["a ab ab a", " a a ab", "b ab a a", "ab a b b", "b b b"])
  func filterEqualsEnumerationOfAllPaths(_ text: String) {
    let bytes = Array(text.utf8)
    var filter = BayesFilter(tiny)
    filter.start(with: bytes[0])
    for end in 1..<bytes.count {
      let expected =
        enumeratedProbability(Array(bytes[...end])) / enumeratedProbability(Array(bytes[..<end]))
      #expect(abs(filter.probability(ofNext: bytes[end]) - expected) < 1e-12)
    }
  }

  @Test func textOutsideTheLanguageHasProbabilityZero() {
    var filter = BayesFilter(tiny)
    filter.start(with: UInt8(ascii: "a"))
    #expect(filter.probability(ofNext: UInt8(ascii: "z")) == 0)
  }

  /// `f(T) = mean of H(X_t | X_0 … X_{t-1})` falls towards the rate as 1/T: `T (f(T) - rate)` is
  /// bounded and `2 f(2T) - f(T)`, which cancels the 1/T term, hits the rate.
  @Test func floorApproachesTheAnalyticRateAsTheContextGrows() {
    let language = BuiltInLanguage.standard
    let text = BuiltInLanguage.standard.source.generate(bytes: 200_000, seed: 1)
    var filter = BayesFilter(language.source)
    let floors = [16, 64, 256, 1024].map { context in
      filter.meanLoss(
        of: text,
        windows: stride(from: 0, to: text.count - context - 1, by: context).map {
          $0..<$0 + context + 1
        })
    }
    let rate = language.source.entropyRate
    #expect(floors[0] > floors[1] && floors[1] > floors[2] && floors[2] > floors[3])
    #expect(abs(floors[3] - rate) < 0.02 * rate)
    #expect(abs((4 * floors[3] - floors[2]) / 3 - rate) < 0.01 * rate)
  }

  @Test func everyBuiltInWordKeepsItsZipfFrequency() {
    let source = BuiltInLanguage.standard.source
    var inflow = [Double](repeating: 0, count: source.frequencies.count)
    for (word, next) in source.successors.enumerated() {
      #expect(abs(next.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
      for successor in next {
        inflow[successor.word] += source.frequencies[word] * successor.probability
      }
    }
    for word in inflow.indices {
      #expect(abs(inflow[word] - source.frequencies[word]) < 1e-9)
      #expect(abs(source.frequencies[word] * Double(word + 1) - source.frequencies[0]) < 1e-12)
    }
    #expect(abs(source.frequencies.reduce(0, +) - 1) < 1e-12)
  }

  @Test func everyBuiltInWordCanBeReachedFromEveryOther() {
    let source = BuiltInLanguage.standard.source
    var reached: Set<Int> = [0]
    var frontier = [0]
    while let word = frontier.popLast() {
      for next in source.successors[word] where reached.insert(next.word).inserted {
        frontier.append(next.word)
      }
    }
    #expect(reached.count == source.spellings.count)
  }

  @Test func builtInWordsAreDistinctLettersEndedByOneSpace() {
    let words = BuiltInLanguage.standard.source.spellings
    #expect(Set(words).count == words.count)
    for word in words {
      #expect(word.last == UInt8(ascii: " "))
      #expect(word.dropLast().allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
      #expect(word.count > 1)
    }
  }

  @Test func generatedTextIsAFunctionOfItsSeed() {
    let source = BuiltInLanguage.standard.source
    let text = source.generate(bytes: 5_000, seed: 3)
    #expect(text.count == 5_000)
    #expect(text == source.generate(bytes: 5_000, seed: 3))
    #expect(text == Array(source.generate(bytes: 9_000, seed: 3).prefix(5_000)))
    #expect(text != source.generate(bytes: 5_000, seed: 4))
  }
}
