import Statistics

/// How often common habits find a difference between losses of one and the same optimizer.
package struct SeedHabits {
  private let losses: [Double]

  package init(_ losses: [Double]) { self.losses = losses }

  /// The share of all pairs of disjoint triples whose means ± one standard error do not overlap.
  ///
  /// NaN below six losses. Costs O(n⁶ / 72): 9,240 pairs for twelve.
  package var partedShare: Double {
    let triples = Self.triples(losses.count).map { members -> Triple in
      let values = members.map { losses[$0] }
      return Triple(
        members: members, mean: Summary.mean(values) ?? .nan,
        error: Summary.standardError(values) ?? .nan)
    }
    var (pairs, parted) = (0, 0)
    for (place, one) in triples.enumerated() {
      for other in triples[(place + 1)...] where one.isDisjoint(from: other) {
        pairs += 1
        parted += abs(one.mean - other.mean) > one.error + other.error ? 1 : 0
      }
    }
    return pairs == 0 ? .nan : Double(parted) / Double(pairs)
  }

  private struct Triple {
    let members: [Int]
    let mean, error: Double

    func isDisjoint(from other: Triple) -> Bool {
      !members.contains { other.members.contains($0) }
    }
  }

  private static func triples(_ count: Int) -> [[Int]] {
    guard count >= 6 else { return [] }
    return (0..<count).flatMap { i in
      (i + 1..<count).flatMap { j in (j + 1..<count).map { [i, j, $0] } }
    }
  }

  /// How often a paired t test at .05 finds a difference between halves of the losses drawn at
  /// random: tested after each pair from the third on and stopped at the first finding, and tested
  /// once at the end. 4,000 fixed orders; NaN below six losses.
  package var falseFindings: (peeked: Double, once: Double) {
    guard losses.count >= 6, losses.allSatisfy(\.isFinite) else { return (.nan, .nan) }
    let (orders, pairCount) = (4000, losses.count / 2)
    var random = SplitMix(seed: 1)
    var (peeked, once) = (0, 0)
    for _ in 0..<orders {
      var order = losses
      for place in order.indices.dropLast() {
        order.swapAt(place, place + random.index(below: order.count - place))
      }
      let differences = (0..<pairCount).map { order[2 * $0] - order[2 * $0 + 1] }
      let isFound = (3...pairCount).map { Self.isFinding(differences.prefix($0)) }
      peeked += isFound.contains(true) ? 1 : 0
      once += isFound.last == true ? 1 : 0
    }
    return (Double(peeked) / Double(orders), Double(once) / Double(orders))
  }

  private static func isFinding(_ differences: ArraySlice<Double>) -> Bool {
    TTest.paired(Array(differences)).map { $0.pValue < 0.05 } ?? false
  }
}
