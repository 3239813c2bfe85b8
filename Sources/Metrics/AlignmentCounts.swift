/// How often the cosines of every block fell into each of equal bins over [−1, 1].
///
/// 480 bytes a block; adding a value costs O(1).
package struct AlignmentCounts: Sendable, Equatable {
  /// Bins of a block; divisible by every count of bins that `histogram` is asked for.
  package static let binCount = 120
  private var counts: [UInt32]

  package init(blockCount: Int) {
    counts = Array(repeating: 0, count: blockCount * Self.binCount)
  }

  /// Counts a cosine of a block; what is not a number is left out.
  package mutating func add(_ cosine: Float, block: Int) {
    guard cosine.isFinite else { return }
    let place = Int((min(max(cosine, -1), 1) + 1) / 2 * Float(Self.binCount))
    counts[block * Self.binCount + min(place, Self.binCount - 1)] &+= 1
  }

  /// The counts of some blocks together in `count` equal bins; `count` divides 120.
  package func histogram(of blocks: [Int], binCount count: Int) -> Histogram {
    precondition(Self.binCount.isMultiple(of: count), "bins are joined whole")
    var histogram = Histogram(range: -1...1, binCount: count)
    let width = Self.binCount / count
    for block in blocks where (block + 1) * Self.binCount <= counts.count {
      for place in 0..<Self.binCount {
        histogram.add(Int(counts[block * Self.binCount + place]), toBin: place / width)
      }
    }
    return histogram
  }

  package var unsharedBytes: Int { counts.count * MemoryLayout<UInt32>.stride }
}
