/// Order statistics for choosing the range of an axis.
enum Quantiles {
  /// `values` between their 1st and 99th percentile; all of them when they are too few to trim.
  static func bulk(of values: [Double]) -> [Double] {
    guard values.count >= 20 else { return values }
    let sorted = values.sorted()
    let trimmed = Int((Double(sorted.count) * 0.01).rounded(.up))
    return Array(sorted[trimmed..<(sorted.count - trimmed)])
  }
}
