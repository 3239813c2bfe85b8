/// All samples of a stream in bounded memory, with the extremes of every stretch kept.
///
/// One summary per `stride` samples; when `capacity` of them are there, they are joined in pairs and
/// the stride doubles. Appending costs O(1) amortized, and copies share what is complete.
struct DecimatedHistory: Sendable, Equatable {
  private(set) var stride = 1
  /// Summaries made so far by joining two others; the work done, for tests of its growth.
  private(set) var mergeCount = 0
  /// Complete stretches, oldest first; the samples after them are in `unfinished`.
  private(set) var finest = ChunkedArray<SampleSummary>()
  /// The newest samples, fewer than `stride` of them.
  private(set) var unfinished: SampleSummary?
  private let capacity: Int

  /// `capacity` is the number of summaries at which the stride doubles; even, at least 2.
  init(capacity: Int) {
    precondition(capacity >= 2 && capacity.isMultiple(of: 2), "capacity must be even, at least 2")
    self.capacity = capacity
  }

  /// Every summary held.
  var summaryCount: Int { finest.count + (unfinished == nil ? 0 : 1) }

  mutating func append(_ sample: SampleSummary) {
    if unfinished != nil { mergeCount += 1 }
    unfinished = .merging(unfinished, sample)
    guard let complete = unfinished, complete.sampleCount >= stride else { return }
    unfinished = nil
    finest.append(complete)
    if finest.count == capacity { joinPairs() }
  }

  private mutating func joinPairs() {
    mergeCount += finest.count / 2
    stride *= 2
    finest = ChunkedArray(
      Swift.stride(from: 0, to: finest.count - 1, by: 2).lazy.map { [finest] place in
        var joined = finest[place]
        joined.append(finest[place + 1])
        return joined
      })
  }

  /// The summary of finest entries `range`.
  func summary(of range: Range<Int>) -> SampleSummary? {
    guard let first = range.first else { return nil }
    var result = finest[first]
    for place in range.dropFirst() { result.append(finest[place]) }
    return result
  }
}
