/// The sign-flip test of paired differences: under the null each sign is a fair coin.
package struct SignFlip: Codable, Sendable, Equatable {
  /// How the patterns were visited.
  package enum Method: String, Codable, Sendable {
    case exact, monteCarlo
  }

  package var pValue: Double
  package var method: Method
  /// Patterns visited: 2ⁿ, or the number of draws.
  package var patterns: Int

  /// Above this many seeds the patterns are drawn instead of enumerated.
  package static let exactLimit = 16

  /// The smallest two-sided p that `count` pairs can reach, `2 / 2ⁿ`.
  package static func minimumAttainable(count: Int) -> Double {
    count <= 0 ? 1 : 2.0 / Double(sign: .plus, exponent: min(count, 1000), significand: 1)
  }

  /// The largest two-sided level below `alpha` that `count` distinct pairs can attain.
  package static func attainableLevel(below alpha: Double, count: Int) -> Double {
    let patterns = Double(sign: .plus, exponent: count, significand: 1)
    let pairs = (alpha * patterns / 2).rounded(.down)
    let isTouching = 2 * pairs / patterns >= alpha
    return 2 * (isTouching ? pairs - 1 : pairs) / patterns
  }

  /// The two-sided test of "the mean difference is zero": exact up to 16 pairs, drawn above.
  ///
  /// Nil for no differences. Ties: a pattern whose |sum| equals the observed one up to rounding
  /// (1e-12 of Σ|d|) counts as extreme, so p is never too small; zeros are kept and tie with
  /// themselves.
  package static func test(
    _ differences: [Double], seed: UInt64 = 0, draws: Int = 99_999
  ) -> SignFlip? {
    guard !differences.isEmpty else { return nil }
    return differences.count <= exactLimit
      ? exact(differences) : monteCarlo(differences, seed: seed, draws: draws)
  }

  /// All 2ⁿ patterns, n ≤ 16: `p = #{|Σ ±d| ≥ |Σ d|} / 2ⁿ`.
  package static func exact(_ differences: [Double]) -> SignFlip {
    precondition(differences.count <= exactLimit, "enumeration stops at 16 pairs")
    let half = differences.count / 2
    let low = signedSums(differences[..<half])
    let high = signedSums(differences[half...])
    let threshold = extremeThreshold(differences)
    var extremes = 0
    for first in high {
      for second in low where abs(first + second) >= threshold { extremes += 1 }
    }
    let patterns = 1 << differences.count
    return SignFlip(
      pValue: Double(extremes) / Double(patterns), method: .exact, patterns: patterns)
  }

  /// Seeded random patterns: `p = (1 + #extreme) / (1 + draws)` (Phipson & Smyth, 2010).
  package static func monteCarlo(
    _ differences: [Double], seed: UInt64, draws: Int
  ) -> SignFlip {
    var random = SplitMix(seed: seed)
    let threshold = extremeThreshold(differences)
    var extremes = 0
    for _ in 0..<draws {
      var (sum, bits) = (0.0, UInt64(0))
      for (index, difference) in differences.enumerated() {
        if index.isMultiple(of: 64) { bits = random.next() }
        sum += bits & 1 == 0 ? difference : -difference
        bits >>= 1
      }
      if abs(sum) >= threshold { extremes += 1 }
    }
    return SignFlip(
      pValue: Double(extremes + 1) / Double(draws + 1), method: .monteCarlo, patterns: draws)
  }

  /// Every sum of `±d`; 2^count values, each rounded only `count` times.
  private static func signedSums(_ differences: ArraySlice<Double>) -> [Double] {
    var sums = [0.0]
    for difference in differences {
      sums = sums.map { $0 + difference } + sums.map { $0 - difference }
    }
    return sums
  }

  private static func extremeThreshold(_ differences: [Double]) -> Double {
    let scale = differences.reduce(0) { $0 + abs($1) }
    return abs(differences.reduce(0, +)) - 1e-12 * scale
  }
}
