/// The most recent durations of one kind, in nanoseconds, for percentiles.
package struct DurationSamples: Sendable {
  private var values: [Int64] = []
  private var next = 0
  private let capacity: Int
  package private(set) var count = 0
  package private(set) var total: Int64 = 0
  package private(set) var maximum: Int64 = 0

  package init(capacity: Int = 16384) {
    self.capacity = max(1, capacity)
    values.reserveCapacity(self.capacity)
  }

  package mutating func record(_ value: Int64) {
    count += 1
    total += value
    maximum = max(maximum, value)
    if values.count < capacity {
      values.append(value)
    } else {
      values[next] = value
      next = (next + 1) % capacity
    }
  }

  /// The smallest kept value that at least this share (0...1) of the kept ones do not exceed;
  /// nil without values. O(n log n).
  package func percentile(_ share: Double) -> Int64? {
    guard !values.isEmpty else { return nil }
    let rank = (share * Double(values.count)).rounded(.up)
    let index = min(max(1, Int(rank.isFinite ? rank : 1)), values.count) - 1
    return values.sorted()[index]
  }

  package var mean: Double? { count == 0 ? nil : Double(total) / Double(count) }
}
