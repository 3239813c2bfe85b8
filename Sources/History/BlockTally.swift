import RunModel

/// What is known of one block of an arm up to a step: the newest row, and sums over all of them.
package struct BlockTally: Sendable, Equatable {
  /// The row of the newest step.
  package private(set) var row = BlockRow()
  /// The factor of the step before; nil in the first step.
  package private(set) var previousScale: Float?
  private var stepCount = 0
  /// ‖θ‖ as last measured.
  package private(set) var weightNorm = Float.nan
  /// The sum of ‖Δθ‖ over all steps.
  package private(set) var distance = 0.0
  /// Steps in which the block was under the mask, and the sum of its dropped shares in them.
  package private(set) var maskedCount = 0
  package private(set) var droppedSum = 0.0
  /// What coins of the rows' own probabilities lead to expect of `droppedSum`: `Σ (1 − keep)`, and
  /// its variance where a coin decides for the whole block: `Σ keep (1 − keep)`.
  package private(set) var expectedSum = 0.0
  package private(set) var variance = 0.0

  mutating func take(_ row: BlockRow) {
    previousScale = stepCount == 0 ? nil : self.row.scale
    stepCount += 1
    self.row = row
    if row.updateNorm.isFinite { distance += Double(row.updateNorm) }
    if row.weightNorm.isFinite { weightNorm = row.weightNorm }
    guard row.isMasked else { return }
    let keep = Double(row.keep)
    maskedCount += 1
    droppedSum += 1 - Double(row.keptShare)
    expectedSum += 1 - keep
    variance += keep * (1 - keep)
  }

  /// Share of the block's updates that were dropped; nil where it never was under the mask.
  package var maskRate: Double? {
    maskedCount == 0 ? nil : droppedSum / Double(maskedCount)
  }

  /// How far `droppedSum` lies from its expectation, in standard deviations; nil without chance.
  package var deviations: Double? {
    variance > 0 ? (droppedSum - expectedSum) / variance.squareRoot() : nil
  }
}

/// How the coins of an arm fell, as far as it decides what they can be read against.
package struct CoinTally: Sendable, Equatable {
  /// Over all blocks and steps under the mask; nil before the first coin.
  package private(set) var keep: ClosedRange<Float>?
  /// Whether a coin decided for less than a block: shares between 0 and 1 were kept.
  package private(set) var hasPartialShares = false

  mutating func take(_ row: BlockRow) {
    guard row.isMasked else { return }
    if row.keptShare != 0, row.keptShare != 1 { hasPartialShares = true }
    guard let known = keep else { return keep = row.keep...row.keep }
    if !known.contains(row.keep) {
      keep = min(known.lowerBound, row.keep)...max(known.upperBound, row.keep)
    }
  }

  /// Whether any coin could drop anything.
  package var dropsUpdates: Bool { hasPartialShares || keep.map { $0.lowerBound < 1 } ?? false }

  /// The probability of every coin thrown, where they were all alike and for a whole block: only
  /// then are the masked steps of a block Binomial.
  package var fairKeep: Double? {
    guard let keep, keep.lowerBound == keep.upperBound, !hasPartialShares else { return nil }
    return Double(keep.lowerBound)
  }
}
