import HeapModule
import RunModel

/// Merges of a foreign vocabulary: the lowest rank first, the leftmost of equals (Sennrich et al., 2016).
struct MergeModel: Sendable {
  /// What becomes of a symbol that the vocabulary lacks and no bytes stand for.
  struct Unknown: Sendable {
    var token: Int32
    /// Whether several in a row become one.
    var isFused: Bool
  }

  private struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  private struct Merge {
    var rank: Int32
    var token: Int32
  }

  private let numbers: [ExactText: Int32]
  private let merges: [Pair: Merge]
  private let byteTokens: [Int32]?
  private let unknown: Unknown?
  /// Whether a piece that is a token is that token, however it would be merged.
  private let takesWholePieces: Bool

  /// - Parameter merges: pairs of tokens in the order of their ranks.
  /// - Throws: `RunError(.input)` for a merge whose parts or result the vocabulary lacks.
  init(
    vocabulary: [(text: String, number: Int)], merges: [(String, String)], hasByteTokens: Bool,
    unknown: String?, fusesUnknown: Bool, takesWholePieces: Bool, place: String
  ) throws(RunError) {
    var numbers: [ExactText: Int32] = [:]
    for token in vocabulary { numbers[ExactText(token.text)] = Int32(token.number) }
    var known: [Pair: Merge] = [:]
    for (rank, (left, right)) in merges.enumerated() {
      guard let first = numbers[ExactText(left)], let second = numbers[ExactText(right)],
        let joined = numbers[ExactText(left + right)]
      else {
        throw RunError(
          .input,
          "merges '\(left)' and '\(right)', of which its vocabulary lacks one or the result",
          place: place, remedy: "use a tokenizer that was written completely")
      }
      // A pair that is named twice has its last rank, as a map of pairs has.
      known[Pair(left: first, right: second)] = Merge(rank: Int32(rank), token: joined)
    }
    let bytes = (0...255).compactMap { numbers[ExactText(TokenAlphabet.name(of: UInt8($0)))] }
    byteTokens = hasByteTokens && bytes.count == 256 ? bytes : nil
    self.unknown = unknown.flatMap { numbers[ExactText($0)] }.map {
      Unknown(token: $0, isFused: fusesUnknown)
    }
    self.takesWholePieces = takesWholePieces
    (self.numbers, self.merges) = (numbers, known)
  }

  func tokens(of symbols: [String]) -> [Int32] {
    if takesWholePieces, let whole = numbers[ExactText(symbols.joined())] { return [whole] }
    return merged(start(symbols))
  }

  /// A token for every symbol, or for each of its bytes.
  private func start(_ symbols: [String]) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(symbols.count)
    var follows = false
    for symbol in symbols {
      var isUnknown = false
      if let number = numbers[ExactText(symbol)] {
        tokens.append(number)
      } else if let byteTokens {
        tokens += symbol.utf8.map { byteTokens[Int($0)] }
      } else if let unknown {
        isUnknown = true
        if !follows || !unknown.isFused { tokens.append(unknown.token) }
      }
      follows = isUnknown
    }
    return tokens
  }

  /// A merge that could be made, unless its parts have gone by the time it is its turn.
  private struct Candidate: Comparable {
    var rank: Int32
    var place: Int
    var token: Int32

    static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.place) < (b.rank, b.place) }
  }

  /// O(n log n): a list of what is left, and a queue of what could be merged.
  private func merged(_ start: [Int32]) -> [Int32] {
    var tokens = start
    var next = Array(tokens.indices.dropFirst()) + [tokens.count]
    var previous = Array(-1..<max(0, tokens.count - 1))
    var isGone = [Bool](repeating: false, count: tokens.count)
    func candidate(_ place: Int) -> Candidate? {
      guard place >= 0, next[place] < tokens.count else { return nil }
      let pair = Pair(left: tokens[place], right: tokens[next[place]])
      return merges[pair].map { Candidate(rank: $0.rank, place: place, token: $0.token) }
    }
    var queue = Heap(tokens.indices.compactMap { candidate($0) })
    while let best = queue.popMin() {
      let place = best.place
      guard !isGone[place], candidate(place) == best else { continue }
      let absorbed = next[place]
      tokens[place] = best.token
      isGone[absorbed] = true
      next[place] = next[absorbed]
      if next[place] < tokens.count { previous[next[place]] = place }
      if let found = candidate(previous[place]) { queue.insert(found) }
      if let found = candidate(place) { queue.insert(found) }
    }
    return zip(tokens, isGone).compactMap { $1 ? nil : $0 }
  }
}
