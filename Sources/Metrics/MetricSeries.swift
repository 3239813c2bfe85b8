import DequeModule

/// One metric of one arm over the whole run: recent samples raw, all of it decimated.
///
/// Appending is O(1) amortized and memory is bounded whatever the length of the run. No extreme is
/// lost: every summary keeps its minimum and maximum. Smoothing happens on the raw stream before
/// decimation, so a smoothed curve does not depend on the width it is drawn at.
/// x must not decrease; a sample that goes back in x first removes what lies beyond it, as after a
/// rewind. Samples whose x is not finite are ignored; a y that is not finite is a gap.
package struct MetricSeries: Sendable, Equatable {
  /// Samples taken in so far, gaps included.
  package private(set) var sampleCount = 0
  var recent: Deque<SampleSummary> = []
  var history: DecimatedHistory
  private var averages = DebiasedAverages()
  private let recentCapacity: Int

  /// Keeps the last `recentCapacity` samples raw and fewer than `2 · historyCapacity` summaries.
  package init(recentCapacity: Int = 1024, historyCapacity: Int = 2048) {
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
    guard x.isFinite else { return }
    if let end = recent.last?.lastX, x < end { truncate(after: x.nextDown) }
    averages.update(y)
    let sample = SampleSummary(x: x, y: y, averages: averages.values)
    if recent.count == recentCapacity { recent.removeFirst() }
    recent.append(sample)
    history.append(sample)
    sampleCount += 1
  }

  /// Removes the samples beyond `x`, as when a run is rewound to it.
  ///
  /// Exact while `x` lies within the raw samples, otherwise to the resolution of the history.
  package mutating func truncate(after x: Double) {
    guard let end = recent.last?.lastX, end > x else { return }
    while let last = recent.last, last.lastX > x { recent.removeLast() }
    history.truncate(after: x)
    restoreUnfinishedStretch()
    let all = wholeSummary
    sampleCount = all?.sampleCount ?? 0
    averages = all.map { .init(resuming: $0.averagesAtEnd, after: $0.finiteCount) } ?? .init()
    if recent.isEmpty, let all { recent.append(all) }
  }

  /// Everything in one summary.
  package var wholeSummary: SampleSummary? {
    .merging(history.summary(of: history.finest.indices), history.unfinished)
  }

  /// Re-enters raw samples that were part of a stretch the history had to drop.
  private mutating func restoreUnfinishedStretch() {
    let covered = history.unfinished?.lastX ?? history.finest.last?.lastX ?? -.infinity
    for sample in recent where sample.lastX > covered { history.append(sample) }
  }
}
