/// Counts of values in equal bins over a fixed range, kept while values come and go.
///
/// Bin i covers `lower + i·w ..< lower + (i+1)·w`, the last one includes the upper bound. O(1) per
/// value.
package struct Histogram: Sendable, Equatable {
  package private(set) var range: ClosedRange<Double>
  package private(set) var counts: [Int]
  /// Values below and above the range.
  package private(set) var underflow = 0
  package private(set) var overflow = 0
  /// Values that were NaN.
  package private(set) var undefinedCount = 0

  /// `range` must be finite and not empty, `binCount` positive.
  package init(range: ClosedRange<Double>, binCount: Int) {
    precondition(binCount > 0, "a histogram needs at least one bin")
    precondition(
      (range.upperBound - range.lowerBound).isFinite && range.lowerBound < range.upperBound,
      "a histogram needs a finite range that is not empty")
    self.range = range
    counts = [Int](repeating: 0, count: binCount)
  }

  package init(_ values: some Sequence<Double>, range: ClosedRange<Double>, binCount: Int) {
    self.init(range: range, binCount: binCount)
    for value in values { add(value) }
  }

  package var binWidth: Double { (range.upperBound - range.lowerBound) / Double(counts.count) }

  /// Values counted, those outside the range included, NaN not.
  package var total: Int { counts.reduce(underflow + overflow, +) }

  /// Centre of bin `index`.
  package func center(of index: Int) -> Double {
    range.lowerBound + (Double(index) + 0.5) * binWidth
  }

  package mutating func add(_ value: Double) { count(value, change: 1) }

  /// Adds `count` values that are known to lie in a bin.
  package mutating func add(_ count: Int, toBin bin: Int) { counts[bin] += count }

  /// Takes back a value that was added before.
  package mutating func remove(_ value: Double) { count(value, change: -1) }

  /// Forgets all values, keeps the bins.
  package mutating func removeAll() {
    self = Histogram(range: range, binCount: counts.count)
  }

  private mutating func count(_ value: Double, change: Int) {
    if value.isNaN {
      undefinedCount += change
    } else if value < range.lowerBound {
      underflow += change
    } else if value > range.upperBound {
      overflow += change
    } else {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      counts[min(Int(share * Double(counts.count)), counts.count - 1)] += change
    }
  }
}
