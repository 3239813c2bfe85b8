extension MetricSeries {
  /// The value at `x` of a series that only grows, such as CPU seconds over steps.
  ///
  /// Linear between what is stored; the ends beyond the domain. Nil while there is no finite sample.
  package func interpolated(at x: Double) -> Double? {
    guard let end = recent.last?.lastX else { return nil }
    let knots = Knots(series: self)
    guard knots.count > 0 else { return nil }
    return knots.interpolate(min(x, end), from: \.x, to: \.y)
  }

  /// The x at which a series that only grows reaches `y`: the inverse of `interpolated`.
  package func location(of y: Double) -> Double? {
    let knots = Knots(series: self)
    return knots.count == 0 ? nil : knots.interpolate(y, from: \.y, to: \.x)
  }
}

/// A growing series as a chain of points: the start and the end of every stretch of its history.
private struct Knots {
  struct Knot {
    var x: Double
    var y: Double
  }

  let stretches: ChunkedArray<SampleSummary>
  let unfinished: SampleSummary?

  init(series: MetricSeries) {
    stretches = series.history.finest
    unfinished = series.history.unfinished
  }

  var count: Int { 2 * stretches.count + (unfinished == nil ? 0 : 2) }

  func knot(_ index: Int) -> Knot {
    let stretch =
      index / 2 < stretches.count
      ? stretches[index / 2] : unfinished ?? stretches[stretches.count - 1]
    return index.isMultiple(of: 2)
      ? Knot(x: stretch.firstX, y: stretch.minimum) : Knot(x: stretch.lastX, y: stretch.maximum)
  }

  func interpolate(
    _ value: Double, from: KeyPath<Knot, Double>, to: KeyPath<Knot, Double>
  ) -> Double? {
    let next = (0..<count).partitioningIndex { knot($0)[keyPath: from] >= value }
    guard next > 0 else { return knot(0)[keyPath: to] }
    guard next < count else { return knot(count - 1)[keyPath: to] }
    let (before, after) = (knot(next - 1), knot(next))
    let length = after[keyPath: from] - before[keyPath: from]
    guard length > 0 else { return after[keyPath: to] }
    let share = (value - before[keyPath: from]) / length
    return before[keyPath: to] + share * (after[keyPath: to] - before[keyPath: to])
  }
}
