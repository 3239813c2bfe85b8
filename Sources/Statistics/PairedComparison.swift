import RealModule

/// One seed on which both arms finished.
package struct PairedDifference: Codable, Sendable, Equatable {
  package var seed: UInt64
  /// Subject minus reference, in nats: negative when the subject's loss is lower.
  package var difference: Double

  package init(seed: UInt64, difference: Double) {
    self.seed = seed
    self.difference = difference
  }
}

/// The numbers of two arms over shared seeds, in nats.
package struct PairedComparison: Codable, Sendable, Equatable {
  package var differences: [PairedDifference]
  package var mean: Double
  package var median: Double
  /// Nil below two pairs.
  package var standardDeviation: Double?
  package var tTest: TTest?
  package var signFlip: SignFlip
  package var minimumAttainableP: Double
  package var bootstrap: Interval?
  /// Seeds on which the subject is lower; ties are in neither count.
  package var wins: Int
  package var losses: Int
  package var ties: Int
  /// `exp(mean)`: the subject's perplexity over the reference's.
  /// Nil where the loss is no mean of log probabilities.
  package var perplexityRatio: Double?
  package var perplexityInterval: Interval?

  package var count: Int { differences.count }

  /// The share of paired seeds won, a tie counting half.
  package var probabilityOfImprovement: Double {
    (Double(wins) + 0.5 * Double(ties)) / Double(count)
  }

  /// Compares per-seed differences; nil when there are none.
  package init?(_ differences: [PairedDifference], confidence: Double = 0.95, seed: UInt64 = 0) {
    let values = differences.map(\.difference)
    guard let mean = Summary.mean(values), let median = Summary.median(values),
      let signFlip = SignFlip.test(values, seed: seed)
    else { return nil }
    self.differences = differences
    self.mean = mean
    self.median = median
    standardDeviation = Summary.standardDeviation(values)
    tTest = TTest.paired(values, confidence: confidence)
    self.signFlip = signFlip
    minimumAttainableP = SignFlip.minimumAttainable(count: values.count)
    bootstrap = Bootstrap.bca(values, confidence: confidence, seed: seed)
    wins = values.count { $0 < 0 }
    losses = values.count { $0 > 0 }
    ties = values.count - wins - losses
    perplexityRatio = Double.exp(mean)
    perplexityInterval = tTest?.interval.map { Double.exp($0) }
  }

  /// For losses that are no mean of log probabilities.
  mutating func dropPerplexity() { (perplexityRatio, perplexityInterval) = (nil, nil) }
}

/// The numbers of two arms that share no seeds.
package struct UnpairedComparison: Codable, Sendable, Equatable {
  package var subjectSeeds: Int
  package var referenceSeeds: Int
  package var welch: TTest?
  package var probabilityOfImprovement: Double
}

extension UnpairedComparison {
  /// Compares final losses of different seeds; nil when an arm has none.
  package init?(subject: [Double], reference: [Double], confidence: Double = 0.95) {
    guard let probability = Self.improvement(subject: subject, reference: reference)
    else { return nil }
    self.init(
      subjectSeeds: subject.count, referenceSeeds: reference.count,
      welch: TTest.welch(subject, reference, confidence: confidence),
      probabilityOfImprovement: probability)
  }

  /// `P(subject < reference) + ½ P(=)` over all pairs of runs (Agarwal et al., NeurIPS 2021).
  ///
  /// Infinite losses are the worst rank and tie with one another.
  package static func improvement(subject: [Double], reference: [Double]) -> Double? {
    guard !subject.isEmpty && !reference.isEmpty else { return nil }
    var score = 0.0
    for loss in subject {
      for other in reference { score += loss < other ? 1 : loss == other ? 0.5 : 0 }
    }
    return score / Double(subject.count * reference.count)
  }
}
