/// All samples of a stream in bounded memory, with the extremes of every stretch kept.
///
/// A pyramid: level 0 holds one summary per `stride` samples, each further level one per two of
/// the level below. When level 0 is full it is dropped, level 1 takes its place and the stride
/// doubles. Appending costs O(1) amortized, a range costs O(log capacity), and memory stays below
/// `2 · capacity` summaries for any number of samples.
struct DecimatedHistory: Sendable, Equatable {
  private(set) var stride = 1
  /// Summaries made so far by joining two others; the work done, for tests of its growth.
  private(set) var mergeCount = 0
  private var levels: [[SampleSummary]] = [[]]
  private var pending: SampleSummary?
  private let capacity: Int

  /// `capacity` is the number of summaries at which the finest level is dropped; even, at least 2.
  init(capacity: Int) {
    precondition(capacity >= 2 && capacity.isMultiple(of: 2), "capacity must be even, at least 2")
    self.capacity = capacity
  }

  /// The finest summaries, oldest first; the samples after them are in `unfinished`.
  var finest: [SampleSummary] { levels[0] }

  /// The newest samples, fewer than `stride` of them.
  var unfinished: SampleSummary? { pending }

  /// Every summary held, on all levels.
  var summaryCount: Int { levels.reduce(pending == nil ? 0 : 1) { $0 + $1.count } }

  mutating func append(_ sample: SampleSummary) {
    if pending != nil { mergeCount += 1 }
    pending = .merging(pending, sample)
    if let complete = pending, complete.sampleCount >= stride {
      pending = nil
      carry(complete)
    }
  }

  /// The summary of finest entries `range`, joined from as few entries as possible.
  func summary(of range: Range<Int>) -> SampleSummary? {
    var (lower, upper, level) = (range.lowerBound, range.upperBound, 0)
    var left: SampleSummary?
    var right: SampleSummary?
    while lower < upper {
      if lower & 1 == 1 {
        left = .merging(left, levels[level][lower])
        lower += 1
      }
      if upper & 1 == 1 {
        upper -= 1
        right = .merging(levels[level][upper], right)
      }
      (lower, upper, level) = (lower >> 1, upper >> 1, level + 1)
    }
    return .merging(left, right)
  }

  /// Drops every stretch that reaches beyond `x`; up to `stride` samples before `x` go with it.
  mutating func truncate(after x: Double) {
    if let open = pending, open.lastX > x { pending = nil }
    while let last = levels[0].last, last.lastX > x {
      levels[0].removeLast()
      pending = nil
    }
    for level in levels.indices.dropFirst() {
      levels[level].removeLast(levels[level].count - levels[level - 1].count / 2)
    }
  }

  /// Enters a complete summary at level 0 and joins pairs upwards, as a binary counter carries.
  private mutating func carry(_ complete: SampleSummary) {
    levels[0].append(complete)
    var level = 0
    while levels[level].count.isMultiple(of: 2) {
      var parent = levels[level][levels[level].count - 2]
      parent.append(levels[level][levels[level].count - 1])
      mergeCount += 1
      level += 1
      if level == levels.count { levels.append([]) }
      levels[level].append(parent)
    }
    if levels[0].count == capacity {
      levels.removeFirst()
      stride *= 2
    }
  }
}
