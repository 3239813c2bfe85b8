import DequeModule

/// Mean, deviation and extremes of the last `capacity` finite values.
///
/// Sums are taken anew each time the window has turned over once, so rounding cannot accumulate.
/// O(1) amortized per value; extremes are read in O(capacity).
package struct RollingSummary: Sendable, Equatable {
  package let capacity: Int
  private var values: Deque<Double> = []
  private var sum = 0.0
  private var sumOfSquares = 0.0
  private var replacedCount = 0
  /// Subtracted from every value before squaring, so that a large mean does not swamp the deviation.
  private var origin = 0.0

  package init(capacity: Int) {
    precondition(capacity > 0, "a rolling summary needs room for at least one value")
    self.capacity = capacity
  }

  package var count: Int { values.count }
  package var newest: Double? { values.last }
  package var minimum: Double? { values.min() }
  package var maximum: Double? { values.max() }
  package var mean: Double? { values.isEmpty ? nil : origin + sum / Double(count) }

  /// Sample standard deviation (n − 1), nil for fewer than two values.
  package var standardDeviation: Double? {
    guard count > 1 else { return nil }
    let variance = (sumOfSquares - sum * sum / Double(count)) / Double(count - 1)
    return max(variance, 0).squareRoot()
  }

  /// Takes in a value; one that is not finite is ignored.
  package mutating func append(_ value: Double) {
    guard value.isFinite else { return }
    if values.isEmpty { origin = value }
    if values.count == capacity { removeOldest() }
    values.append(value)
    include(value, sign: 1)
    if replacedCount >= capacity { recompute() }
  }

  private mutating func removeOldest() {
    include(values.removeFirst(), sign: -1)
    replacedCount += 1
  }

  private mutating func include(_ value: Double, sign: Double) {
    let offset = value - origin
    sum += sign * offset
    sumOfSquares += sign * offset * offset
  }

  private mutating func recompute() {
    origin = values.last ?? 0
    (sum, sumOfSquares, replacedCount) = (0, 0, 0)
    for value in values { include(value, sign: 1) }
  }
}
