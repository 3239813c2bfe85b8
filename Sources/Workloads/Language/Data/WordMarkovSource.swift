import RealModule
import TensorKernels

/// A stationary source of text: a Markov chain over words, each spelt out and ended by a space.
///
/// Because spellings are distinct and contain no space, the text determines the chain from the
/// second word on, and the entropy rate is the chain's divided by the mean length of a word.
package struct WordMarkovSource: Sendable {
  /// One possible next word and its probability.
  package struct Successor: Sendable, Hashable {
    package var word: Int
    package var probability: Double

    package init(word: Int, probability: Double) {
      self.word = word
      self.probability = probability
    }
  }

  /// The bytes of each word, its closing space included.
  package let spellings: [[UInt8]]
  /// How often each word occurs in the long run; the stationary distribution of the chain.
  package let frequencies: [Double]
  /// What may follow each word.
  package let successors: [[Successor]]

  /// - Precondition: `frequencies` is stationary for `successors`; spellings are distinct, end in a
  ///   space and hold no other.
  package init(spellings: [[UInt8]], frequencies: [Double], successors: [[Successor]]) {
    precondition(
      spellings.count == frequencies.count && spellings.count == successors.count,
      "every word needs a spelling, a frequency and its successors")
    self.spellings = spellings
    self.frequencies = frequencies
    self.successors = successors
  }

  /// Mean bytes of a word in running text, space included.
  package var meanWordLength: Double {
    zip(frequencies, spellings).reduce(0) { $0 + $1.0 * Double($1.1.count) }
  }

  /// Nats of surprise a byte carries in the long run: `Σ π(u) H(next | u) / Σ π(u) length(u)`.
  package var entropyRate: Double {
    var nats = 0.0
    for (frequency, next) in zip(frequencies, successors) {
      for successor in next where successor.probability > 0 {
        nats -= frequency * successor.probability * Double.log(successor.probability)
      }
    }
    return nats / meanWordLength
  }

  /// The first `count` bytes of a text drawn from the source, a function of `seed` alone.
  package func generate(bytes count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomStream(seed: seed, purpose: .corpus)
    let cumulative = successors.map { Self.cumulative($0.map(\.probability)) }
    var text: [UInt8] = []
    text.reserveCapacity(count + 32)
    var word = Self.draw(Self.cumulative(frequencies), random.uniform())
    while text.count < count {
      text.append(contentsOf: spellings[word])
      word = successors[word][Self.draw(cumulative[word], random.uniform())].word
    }
    text.removeLast(text.count - count)
    return text
  }

  private static func cumulative(_ probabilities: [Double]) -> [Double] {
    var sum = 0.0
    return probabilities.map { probability in
      sum += probability
      return sum
    }
  }

  /// The first index whose cumulative probability exceeds `uniform` (binary search).
  private static func draw(_ cumulative: [Double], _ uniform: Double) -> Int {
    let target = uniform * (cumulative.last ?? 1)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
