/// Final losses of one arm over its seeds, with diverged seeds kept as the worst rank.
///
/// Diverged seeds are never averaged away: the mean exists only when every seed has a loss.
package struct RankedLosses: Codable, Sendable, Equatable {
  package var seeds: Int
  package var diverged: Int
  /// Nil when a seed diverged, or there is none.
  package var mean: Double?
  /// Nil when a seed diverged, or there are fewer than two.
  package var standardDeviation: Double?
  /// Nil when the median seed diverged, or there is none.
  package var median: Double?
  package var lowest: Double?

  /// The share of diverged seeds, in [0, 1].
  package var divergedShare: Double { seeds == 0 ? 0 : Double(diverged) / Double(seeds) }

  /// Summarizes losses in nats; nil, NaN and infinities are diverged seeds.
  package init(_ losses: [Double?]) {
    let finite = losses.compactMap { $0 }.filter(\.isFinite)
    seeds = losses.count
    diverged = losses.count - finite.count
    mean = diverged == 0 ? Summary.mean(finite) : nil
    standardDeviation = diverged == 0 ? Summary.standardDeviation(finite) : nil
    let middle = Summary.median(finite + Array(repeating: .infinity, count: diverged))
    median = middle.flatMap { $0.isFinite ? $0 : nil }
    lowest = finite.min()
  }
}
