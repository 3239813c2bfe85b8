/// How strongly a curve is smoothed for the eye; the keys `[` and `]` move along this ladder.
///
/// The ladder is fixed so that every level can be maintained while samples arrive: switching is a
/// different column of what is already stored, never a pass over the history.
package enum SmoothingLevel: Int, CaseIterable, Sendable, Codable {
  case none, light, medium, strong, heavy

  /// The weight β of the past in `m ← β·m + (1 − β)·y`; 0 shows the samples themselves.
  package var decay: Double {
    self == .none ? 0 : Self.decays[rawValue - 1]
  }

  /// The next stronger level, or the same one at the end of the ladder.
  package var stronger: SmoothingLevel { SmoothingLevel(rawValue: rawValue + 1) ?? self }

  /// The next weaker level, or the same one at the start of the ladder.
  package var weaker: SmoothingLevel { SmoothingLevel(rawValue: rawValue - 1) ?? self }

  /// The decays of every level but `none`, in order.
  static let decays = SIMD4<Double>(0.6, 0.9, 0.97, 0.99)
}

/// Exponential moving averages of one stream at every smoothing level, corrected for their start.
///
/// `m ← β·m + (1 − β)·y`, value `m / (1 − β^t)` as in Adam (Kingma & Ba, 2015). Values that are not
/// finite leave the state as it is. O(1) time and memory per sample.
struct DebiasedAverages: Sendable, Equatable {
  private var accumulated = SIMD4<Double>(repeating: 0)
  private var remainingBias = SIMD4<Double>(repeating: 1)

  /// The current averages, one lane per level; NaN before the first finite sample.
  var values: SIMD4<Double> { accumulated / (1 - remainingBias) }

  mutating func update(_ value: Double) {
    guard value.isFinite else { return }
    let decays = SmoothingLevel.decays
    accumulated = decays * accumulated + (1 - decays) * value
    remainingBias *= decays
  }
}
