extension MetricSeries {
  /// The samples of `range` gathered into `count` columns of equal width.
  ///
  /// A column without samples is nil. O(count + capacity), independent of the run's length.
  package func columns(in range: ClosedRange<Double>, count: Int) -> [SampleSummary?] {
    guard count > 0, range.lowerBound.isFinite, range.upperBound.isFinite else { return [] }
    let (lower, upper) = (range.lowerBound, range.upperBound)
    return columns(
      edges: (0...count).map {
        let share = Double($0) / Double(count)
        return lower * (1 - share) + upper * share
      })
  }

  /// The samples between consecutive `edges` (ascending), column i holding `edges[i] ..< edges[i+1]`.
  ///
  /// The last column includes its upper edge. A stretch of the history is counted where it begins;
  /// one that straddles the first edge is counted in the first column. Use edges that are not
  /// equally spaced for logarithmic or time axes.
  package func columns(edges: [Double]) -> [SampleSummary?] {
    guard edges.count >= 2 else { return [] }
    if let rawStart = recent.first?.lastX, history.stride > 1, rawStart <= edges[0] {
      return gather(recent, edges: edges)
    }
    return gatherHistory(edges: edges)
  }

  private func gatherHistory(edges: [Double]) -> [SampleSummary?] {
    let finest = history.finest
    let last = edges.count - 2
    var columns = [SampleSummary?](repeating: nil, count: last + 1)
    var start = finest.partitioningIndex { $0.lastX >= edges[0] }
    for column in 0...last {
      let edge = column == last ? edges[column + 1].nextUp : edges[column + 1]
      let end = max(start, finest.partitioningIndex { $0.firstX >= edge })
      columns[column] = history.summary(of: start..<end)
      start = end
    }
    if let open = history.unfinished, open.lastX >= edges[0],
      let column = Self.column(of: max(open.firstX, edges[0]), edges: edges)
    {
      columns[column] = .merging(columns[column], open)
    }
    return columns
  }

  private func gather(
    _ samples: some RandomAccessCollection<SampleSummary>, edges: [Double]
  ) -> [SampleSummary?] {
    var columns = [SampleSummary?](repeating: nil, count: edges.count - 1)
    let start = samples.partitioningIndex { $0.lastX >= edges[0] }
    var column = 0
    for sample in samples[start...] {
      guard sample.lastX <= edges[edges.count - 1] else { break }
      while column < columns.count - 1, sample.lastX >= edges[column + 1] { column += 1 }
      columns[column] = .merging(columns[column], sample)
    }
    return columns
  }

  private static func column(of x: Double, edges: [Double]) -> Int? {
    guard x <= edges[edges.count - 1] else { return nil }
    let next = edges.partitioningIndex { $0 > x }
    return next == 0 ? nil : min(next - 1, edges.count - 2)
  }
}

extension RandomAccessCollection {
  /// The first index whose element satisfies `belongsToSecond`; elements must be partitioned by it.
  @inlinable
  package func partitioningIndex(where belongsToSecond: (Element) -> Bool) -> Index {
    var (lower, length) = (startIndex, count)
    while length > 0 {
      let half = length / 2
      let middle = index(lower, offsetBy: half)
      if belongsToSecond(self[middle]) {
        length = half
      } else {
        lower = index(after: middle)
        length -= half + 1
      }
    }
    return lower
  }
}
