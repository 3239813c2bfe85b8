/// What is kept of a stretch of consecutive samples: its extent, extremes, mean and end.
///
/// Merging is associative, so a summary of many samples is the same however it was put together.
/// Samples whose y is not finite are counted as gaps and enter nothing else.
package struct SampleSummary: Sendable, Equatable {
  package private(set) var firstX: Double
  package private(set) var lastX: Double
  /// Smallest finite y; +∞ when there is none.
  package private(set) var minimum: Double
  /// Largest finite y; −∞ when there is none.
  package private(set) var maximum: Double
  /// Mean of the finite y; NaN when there is none.
  package private(set) var mean: Double
  /// The last finite y; NaN when there is none.
  package private(set) var last: Double
  package private(set) var finiteCount: Int
  package private(set) var gapCount: Int
  private var averages: SIMD4<Double>

  init(x: Double, y: Double, averages: SIMD4<Double>) {
    let isGap = !y.isFinite
    (firstX, lastX) = (x, x)
    (minimum, maximum) = isGap ? (.infinity, -.infinity) : (y, y)
    (mean, last) = isGap ? (.nan, .nan) : (y, y)
    (finiteCount, gapCount) = isGap ? (0, 1) : (1, 0)
    self.averages = averages
  }

  package var sampleCount: Int { finiteCount + gapCount }

  /// True when no sample of the stretch was finite: a curve is interrupted here.
  package var isGap: Bool { finiteCount == 0 }

  /// The debiased moving average after the last sample of the stretch; `none` gives the mean.
  package func smoothed(_ level: SmoothingLevel) -> Double {
    level == .none ? mean : averages[level.rawValue - 1]
  }

  /// Extends the stretch by the one that follows it.
  mutating func append(_ next: SampleSummary) {
    lastX = next.lastX
    averages = next.averages
    gapCount += next.gapCount
    guard next.finiteCount > 0 else { return }
    let total = finiteCount + next.finiteCount
    mean =
      finiteCount == 0
      ? next.mean : mean + (next.mean - mean) * (Double(next.finiteCount) / Double(total))
    finiteCount = total
    minimum = min(minimum, next.minimum)
    maximum = max(maximum, next.maximum)
    last = next.last
  }

  static func merging(_ left: SampleSummary?, _ right: SampleSummary?) -> SampleSummary? {
    guard var result = left else { return right }
    guard let right else { return result }
    result.append(right)
    return result
  }
}
