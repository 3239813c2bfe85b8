/// A confidence interval, in the unit of what it bounds.
package struct Interval: Codable, Sendable, Equatable {
  package var lower: Double
  package var upper: Double

  package init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  package var halfWidth: Double { (upper - lower) / 2 }

  /// Whether the whole interval lies below `−margin`.
  package func isBelow(margin: Double) -> Bool { upper < -margin }

  /// Whether the whole interval lies above `margin`.
  package func isAbove(margin: Double) -> Bool { lower > margin }

  /// Whether the whole interval lies within `±margin`.
  package func isWithin(margin: Double) -> Bool { lower >= -margin && upper <= margin }

  package func map(_ transform: (Double) -> Double) -> Interval {
    Interval(lower: transform(lower), upper: transform(upper))
  }
}
