/// One metric of one arm over the whole run: recent samples raw, all of it decimated.
///
/// Appending is O(1) amortized and memory is bounded whatever the length of the run. No extreme is
/// lost: every summary keeps its minimum and maximum. Smoothing happens on the raw stream before
/// decimation, so a smoothed curve does not depend on the width it is drawn at. Copies share their
/// past, so that keeping one of an earlier step costs kilobytes.
/// x must not decrease; a sample that goes back is ignored, as are samples whose x is not finite; a y
/// that is not finite is a gap.
package struct MetricSeries: Sendable, Equatable {
  /// Samples taken in so far, gaps included.
  package private(set) var sampleCount = 0
  var recent = ChunkedArray<SampleSummary>()
  var history: DecimatedHistory
  private var averages = DebiasedAverages()
  private let recentCapacity: Int

  /// Keeps at least the last `recentCapacity` samples raw and at most `historyCapacity` summaries.
  package init(recentCapacity: Int = 512, historyCapacity: Int = 1024) {
    self.recentCapacity = max(recentCapacity, 1)
    history = DecimatedHistory(capacity: historyCapacity)
  }

  package var isEmpty: Bool { recent.isEmpty }

  /// The newest sample, which may be a gap.
  package var newest: SampleSummary? { recent.last }

  /// From the first to the newest x, or nil while empty.
  package var domain: ClosedRange<Double>? {
    guard let end = recent.last?.lastX else { return nil }
    let start = history.finest.first?.firstX ?? history.unfinished?.firstX ?? end
    return min(start, end)...end
  }

  /// Summaries and raw samples held at the moment.
  package var storedCount: Int { history.summaryCount + recent.count }

  /// Joins of summaries done since the start: at most two per sample.
  package var mergeCount: Int { history.mergeCount }

  /// Takes in the sample (x, y).
  package mutating func append(x: Double, y: Double) {
    guard x.isFinite, recent.last.map({ x >= $0.lastX }) ?? true else { return }
    averages.update(y)
    let sample = SampleSummary(x: x, y: y, averages: averages.values)
    recent.append(sample)
    recent.keepNewest(recentCapacity)
    history.append(sample)
    sampleCount += 1
  }

  /// Everything in one summary.
  package var wholeSummary: SampleSummary? {
    .merging(history.summary(of: history.finest.indices), history.unfinished)
  }

  /// Bytes that a copy does not share once both have been appended to.
  package var unsharedBytes: Int {
    recent.count * MemoryLayout<SampleSummary>.stride + history.finest.unsharedBytes
  }
}
