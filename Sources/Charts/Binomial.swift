import Metrics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Binomial distribution, for what honest coins should look like.
enum Binomial {
  /// How many of `draws` rates k/n, k ~ Binomial(n, p), are expected in each bin of `histogram`.
  ///
  /// The sum over k is exact up to 20 000 trials, beyond that the normal distribution is used.
  /// O(trials) or O(bins).
  static func expectedCounts(
    histogram: Histogram, trials: Int, probability: Double, draws: Int
  ) -> [Double] {
    guard trials > 0 else { return [] }
    guard trials <= 20_000, probability > 0, probability < 1 else {
      return normalCounts(histogram, trials: trials, probability: probability, draws: draws)
    }
    var counts = [Double](repeating: 0, count: histogram.counts.count)
    let (lower, width) = (histogram.range.lowerBound, histogram.binWidth)
    for successes in 0...trials {
      let rate = Double(successes) / Double(trials)
      guard histogram.range.contains(rate) else { continue }
      let bin = min(Int((rate - lower) / width), counts.count - 1)
      counts[bin] += Double(draws) * mass(successes, trials: trials, probability: probability)
    }
    return counts
  }

  /// P(K = k) for K ~ Binomial(n, p), 0 < p < 1.
  static func mass(_ successes: Int, trials: Int, probability: Double) -> Double {
    let (k, n) = (Double(successes), Double(trials))
    let ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
    return exp(ways + k * log(probability) + (n - k) * log1p(-probability))
  }

  private static func normalCounts(
    _ histogram: Histogram, trials: Int, probability: Double, draws: Int
  ) -> [Double] {
    let deviation = (probability * (1 - probability) / Double(trials)).squareRoot()
    let cumulative = { (value: Double) -> Double in
      guard deviation > 0 else { return value < probability ? 0 : 1 }
      return 0.5 * erfc((probability - value) / (deviation * 2.0.squareRoot()))
    }
    return histogram.counts.indices.map { bin in
      let left = histogram.range.lowerBound + Double(bin) * histogram.binWidth
      return Double(draws) * (cumulative(left + histogram.binWidth) - cumulative(left))
    }
  }

  /// ln Γ(x) for x ≥ 1 by Stirling's series, shifted upwards until it is exact to 1e-12.
  private static func logGamma(_ x: Double) -> Double {
    var (argument, shift) = (x, 0.0)
    while argument < 12 {
      shift += log(argument)
      argument += 1
    }
    let inverse = 1 / (argument * argument)
    let series = (1.0 / 12 - inverse * (1.0 / 360 - inverse / 1260)) / argument
    return (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * .pi) + series - shift
  }
}
