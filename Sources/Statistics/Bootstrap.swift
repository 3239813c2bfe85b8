/// Bias-corrected and accelerated bootstrap interval of a mean (Efron, 1987).
package enum Bootstrap {
  /// The BCa interval of the mean of `values`, in their unit, from `resamples` seeded draws.
  ///
  /// Nil below three values or when all are equal. Same seed, same interval, bit for bit.
  package static func bca(
    _ values: [Double], confidence: Double = 0.95, resamples: Int = 9_999, seed: UInt64 = 0
  ) -> Interval? {
    guard values.count >= 3, let deviation = Summary.standardDeviation(values), deviation > 0
    else { return nil }
    let means = resampledMeans(values, resamples: resamples, seed: seed).sorted()
    let mean = values.reduce(0, +) / Double(values.count)
    let bias = Normal.quantile(shareBelow(mean, in: means, tolerance: 1e-12 * deviation))
    guard bias.isFinite else { return nil }
    let acceleration = acceleration(values)
    let tail = (1 - confidence) / 2
    func level(_ probability: Double) -> Double {
      let shifted = bias + Normal.quantile(probability)
      return Normal.cumulative(bias + shifted / (1 - acceleration * shifted))
    }
    return Interval(
      lower: Summary.quantile(sorted: means, level(tail)),
      upper: Summary.quantile(sorted: means, level(1 - tail)))
  }

  private static func resampledMeans(
    _ values: [Double], resamples: Int, seed: UInt64
  ) -> [Double] {
    var random = SplitMix(seed: seed)
    return (0..<resamples).map { _ in
      var sum = 0.0
      for _ in values.indices { sum += values[random.index(below: values.count)] }
      return sum / Double(values.count)
    }
  }

  /// The share of resampled means below `value`, ties (up to rounding) counted half.
  private static func shareBelow(
    _ value: Double, in means: [Double], tolerance: Double
  ) -> Double {
    var (below, notAbove) = (0, 0)
    for mean in means {
      if mean < value - tolerance { below += 1 }
      if mean <= value + tolerance { notAbove += 1 }
    }
    return Double(below + notAbove) / Double(2 * means.count)
  }

  /// The skewness of the jackknife, `Σ u³ / (6 (Σ u²)^{3/2})` with `u` the centred influences.
  private static func acceleration(_ values: [Double]) -> Double {
    // For a mean, leaving one value out moves the estimate by (value − mean) / (n − 1).
    let mean = Summary.mean(values) ?? 0
    var (squares, cubes) = (0.0, 0.0)
    for value in values {
      let influence = value - mean
      squares += influence * influence
      cubes += influence * influence * influence
    }
    return cubes / (6 * squares * squares.squareRoot())
  }
}
