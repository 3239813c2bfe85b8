import RealModule

/// A t test's numbers: estimate, interval, statistic, p.
package struct TTest: Codable, Sendable, Equatable {
  package var mean: Double
  package var standardError: Double
  package var degrees: Double
  /// Nil when all values are equal, which leaves nothing to divide by.
  package var statistic: Double?
  package var pValue: Double
  package var interval: Interval
}

extension TTest {
  /// The paired t test on per-seed differences, in their unit; nil below two of them.
  package static func paired(_ differences: [Double], confidence: Double = 0.95) -> TTest? {
    guard let mean = Summary.mean(differences), let error = Summary.standardError(differences)
    else { return nil }
    return make(
      mean: mean, error: error, degrees: Double(differences.count - 1), confidence: confidence)
  }

  /// Welch's (1947) t test of `mean(first) − mean(second)` for unpaired samples.
  ///
  /// Degrees of freedom after Satterthwaite; nil when a sample has fewer than two values.
  package static func welch(
    _ first: [Double], _ second: [Double], confidence: Double = 0.95
  ) -> TTest? {
    guard let firstError = Summary.standardError(first), let firstMean = Summary.mean(first),
      let secondError = Summary.standardError(second), let secondMean = Summary.mean(second)
    else { return nil }
    let (v, w) = (firstError * firstError, secondError * secondError)
    let (firstDegrees, secondDegrees) = (Double(first.count - 1), Double(second.count - 1))
    let spread = v * v / firstDegrees + w * w / secondDegrees
    let degrees = spread > 0 ? (v + w) * (v + w) / spread : firstDegrees + secondDegrees
    return make(
      mean: firstMean - secondMean, error: (v + w).squareRoot(), degrees: degrees,
      confidence: confidence)
  }

  private static func make(
    mean: Double, error: Double, degrees: Double, confidence: Double
  ) -> TTest {
    let margin =
      error == 0 ? 0 : error * StudentT.criticalValue(confidence: confidence, degrees: degrees)
    let statistic = error > 0 ? mean / error : nil
    let pValue =
      statistic.map { StudentT.twoSided($0, degrees: degrees) } ?? (mean == 0 ? 1 : 0)
    return TTest(
      mean: mean, standardError: error, degrees: degrees, statistic: statistic, pValue: pValue,
      interval: Interval(lower: mean - margin, upper: mean + margin))
  }
}
