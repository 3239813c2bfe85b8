import RealModule

/// Moments and order statistics of a sample, accumulated in double precision.
package enum Summary {
  /// The mean by Welford's recurrence; nil for an empty sample.
  package static func mean(_ values: [Double]) -> Double? {
    moments(values).map(\.mean)
  }

  /// The standard deviation with divisor `n − 1`; nil below two values.
  package static func standardDeviation(_ values: [Double]) -> Double? {
    guard values.count >= 2, let moments = moments(values) else { return nil }
    return (moments.squares / Double(values.count - 1)).squareRoot()
  }

  /// `sd / √n`; nil below two values.
  package static func standardError(_ values: [Double]) -> Double? {
    standardDeviation(values).map { $0 / Double(values.count).squareRoot() }
  }

  package static func median(_ values: [Double]) -> Double? {
    quantile(values, 0.5)
  }

  /// The quantile by linear interpolation of the order statistics, the default of numpy and R.
  ///
  /// Infinities sort last; a quantile that touches one is infinite.
  package static func quantile(_ values: [Double], _ level: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    return quantile(sorted: values.sorted(), level)
  }

  /// As `quantile`, of values that are sorted already and not empty.
  static func quantile(sorted: [Double], _ level: Double) -> Double {
    let position = min(max(level, 0), 1) * Double(sorted.count - 1)
    let index = Int(position)
    let fraction = position - Double(index)
    if fraction == 0 || index + 1 >= sorted.count { return sorted[index] }
    let (low, high) = (sorted[index], sorted[index + 1])
    return high.isInfinite ? high : low + fraction * (high - low)
  }

  /// Welford (1962): the running mean and the sum of squared deviations from it.
  private static func moments(_ values: [Double]) -> (mean: Double, squares: Double)? {
    guard !values.isEmpty else { return nil }
    var (mean, squares) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      let deviation = value - mean
      mean += deviation / Double(index + 1)
      squares += deviation * (value - mean)
    }
    return (mean, squares)
  }
}
