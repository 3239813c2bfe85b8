import RealModule

/// The best possible predictor of a `WordMarkovSource` that sees only the bytes of its window.
///
/// A forward filter (Rabiner, 1989) over the states (word, position in its spelling), started from
/// their stationary distribution `π(word) / mean length`. Its mean surprise is what no model can beat.
package struct BayesFilter {
  private let source: WordMarkovSource
  /// State of the first byte of every word; the states of a word lie one after another.
  private let firstState: [Int]
  private let emitted: [UInt8]
  private let stationary: [Double]
  private var belief: [Double]
  private var predicted: [Double]

  package init(_ source: WordMarkovSource) {
    self.source = source
    var states: [Int] = []
    var bytes: [UInt8] = []
    var prior: [Double] = []
    let length = source.meanWordLength
    for (spelling, frequency) in zip(source.spellings, source.frequencies) {
      states.append(bytes.count)
      bytes += spelling
      prior += Array(repeating: frequency / length, count: spelling.count)
    }
    (firstState, emitted, stationary) = (states, bytes, prior)
    belief = prior
    predicted = prior
  }

  /// Forgets the past and takes `byte` as the first of a window, which is given and not predicted.
  package mutating func start(with byte: UInt8) {
    predicted = stationary
    _ = condition(on: byte)
  }

  /// The probability the past gave to `byte`, which then becomes part of the past.
  package mutating func probability(ofNext byte: UInt8) -> Double {
    predict()
    return condition(on: byte)
  }

  /// Mean surprise in nats over all targets of the windows; each window starts without a past.
  ///
  /// A window is inputs and targets together: its first byte is input only, all others are targets.
  package mutating func meanLoss(of text: [UInt8], windows: [Range<Int>]) -> Double {
    var nats = 0.0
    var targets = 0
    for window in windows where window.count > 1 {
      start(with: text[window.lowerBound])
      for position in window.dropFirst() {
        nats -= Double.log(probability(ofNext: text[position]))
      }
      targets += window.count - 1
    }
    return nats / Double(max(1, targets))
  }

  /// Moves every state to its next: along the spelling, or from a word's end to its successors.
  private mutating func predict() {
    for state in stride(from: belief.count - 1, to: 0, by: -1) {
      predicted[state] = belief[state - 1]
    }
    for first in firstState { predicted[first] = 0 }
    for word in firstState.indices {
      let ending = belief[firstState[word] + source.spellings[word].count - 1]
      guard ending > 0 else { continue }
      for successor in source.successors[word] {
        predicted[firstState[successor.word]] += ending * successor.probability
      }
    }
  }

  /// Keeps the predicted states that emit `byte`; returns the probability they had together.
  private mutating func condition(on byte: UInt8) -> Double {
    var total = 0.0
    for state in emitted.indices where emitted[state] == byte { total += predicted[state] }
    let factor = total > 0 ? 1 / total : 0
    for state in emitted.indices {
      belief[state] = emitted[state] == byte ? predicted[state] * factor : 0
    }
    return total
  }
}
