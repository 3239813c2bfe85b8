import HeapModule

/// Learns the merges of a `BytePairTokenizer` from a text; the same text gives the same merges.
///
/// The most frequent pair is joined next; among equals the one with the lowest token numbers. Counts
/// are kept up to date word by word, so a merge costs only the words it occurs in.
struct BytePairTrainer {
  private typealias Pair = BytePairTokenizer.Pair

  /// A pair with the count it had when it was queued; stale entries are corrected when they surface.
  private struct Candidate: Comparable {
    var count: Int
    var pair: Pair

    static func < (a: Candidate, b: Candidate) -> Bool {
      a.count != b.count ? a.count < b.count : a.pair > b.pair
    }
  }

  /// The distinct chunks of the text as tokens, and how often each occurs.
  private var words: [[Int32]] = []
  private var occurrences: [Int] = []
  private var counts: [Pair: Int] = [:]
  private var places: [Pair: [Int]] = [:]
  private var queue = Heap<Candidate>()

  init(text: ArraySlice<UInt8>) {
    var indices: [ArraySlice<UInt8>: Int] = [:]
    for chunk in TextChunks(text) {
      if let index = indices[chunk] {
        occurrences[index] += 1
      } else {
        indices[chunk] = words.count
        words.append(chunk.map { Int32($0) })
        occurrences.append(1)
      }
    }
    for index in words.indices { count(index, sign: 1) }
    queue = Heap(counts.map { Candidate(count: $0.value, pair: $0.key) })
  }

  /// Learns until there are `vocabularySize` tokens or no pair occurs twice.
  ///
  /// - Parameter progress: called now and then with the share done.
  mutating func merges(
    vocabularySize: Int, progress: (Double) -> Void
  ) -> [BytePairTokenizer.Pair] {
    let wanted = max(0, vocabularySize - 256)
    var merges: [Pair] = []
    while merges.count < wanted, let pair = mostFrequentPair() {
      join(pair, into: Int32(256 + merges.count))
      merges.append(pair)
      if merges.count.isMultiple(of: 64) { progress(Double(merges.count) / Double(wanted)) }
    }
    progress(1)
    return merges
  }

  private mutating func mostFrequentPair() -> Pair? {
    while let candidate = queue.popMax() {
      let current = counts[candidate.pair] ?? 0
      if current == candidate.count { return current >= 2 ? candidate.pair : nil }
      if current >= 2 { queue.insert(Candidate(count: current, pair: candidate.pair)) }
    }
    return nil
  }

  private mutating func join(_ pair: Pair, into merged: Int32) {
    var grown: [Pair] = []
    for index in places.removeValue(forKey: pair) ?? [] {
      let joined = BytePairTokenizer.join(pair, into: merged, words[index])
      guard joined.count < words[index].count else { continue }
      count(index, sign: -1)
      words[index] = joined
      count(index, sign: 1)
      grown += zip(joined, joined.dropFirst()).map { Pair($0, $1) }.filter {
        $0.left == merged || $0.right == merged
      }
    }
    counts[pair] = nil
    var seen: Set<Pair> = []
    for pair in grown where seen.insert(pair).inserted {
      queue.insert(Candidate(count: counts[pair] ?? 0, pair: pair))
    }
  }

  /// Adds (or with sign -1 takes away) the pairs of one word.
  private mutating func count(_ index: Int, sign: Int) {
    let word = words[index]
    for (left, right) in zip(word, word.dropFirst()) {
      let pair = Pair(left, right)
      counts[pair, default: 0] += sign * occurrences[index]
      if sign > 0 { places[pair, default: []].append(index) }
    }
  }
}
