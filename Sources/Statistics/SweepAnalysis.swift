import RealModule

/// One finished cell of a sweep: an arm at a rate on a tuning seed.
package struct SweepCell: Codable, Sendable, Equatable {
  package var arm: String
  package var rate: Double
  package var seed: UInt64
  /// Steps the cell was given.
  package var steps: Int
  /// Nats; nil when the cell diverged.
  package var finalLoss: Double?

  package init(arm: String, rate: Double, seed: UInt64, steps: Int, finalLoss: Double?) {
    self.arm = arm
    self.rate = rate
    self.seed = seed
    self.steps = steps
    self.finalLoss = finalLoss.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// How the losses of a rate's seeds become one number; a diverged seed is the worst rank.
package enum SweepCriterion: String, Codable, Sendable, CaseIterable {
  case median, mean
}

/// All seeds of one arm at one rate.
package struct SweepPoint: Codable, Sendable, Equatable {
  package var rate: Double
  package var losses: RankedLosses
  /// The number the rates are ranked by; nil is worst.
  package var score: Double?
}

/// Which end of a grid the best rate lies at.
package enum GridEdge: String, Codable, Sendable, CaseIterable {
  case low, high
  /// A grid of one rate is no sweep.
  case both
}

/// One arm's valley: final loss against learning rate (2407.07972).
package struct SweepSummary: Codable, Sendable, Equatable {
  package var arm: String
  /// By increasing rate.
  package var points: [SweepPoint]
  package var bestRate: Double?
  package var bestScore: Double?
  package var edge: GridEdge?
  /// The rates around the best whose score is within the tolerance of it.
  package var valleyLow: Double?
  package var valleyHigh: Double?
  package var divergedShare: Double
  package var seedsPerRate: Int
  package var steps: Int
  /// Whether every rate had the same seeds and steps.
  package var isComplete: Bool

  /// `high / low`; 1 when only the best rate itself is in the valley.
  package var valleyFactor: Double? {
    guard let valleyLow, let valleyHigh, valleyLow > 0 else { return nil }
    return valleyHigh / valleyLow
  }

  package var valleyDecades: Double? { valleyFactor.map { Double.log10($0) } }

  /// What the checklist of a verdict wants to know; the edges are told by the grid.
  package var record: SweepRecord {
    SweepRecord(
      rates: points.count, seedsPerRate: seedsPerRate, steps: steps)
  }
}

/// A sweep over learning rates, summarized for every arm in the order of first appearance.
package struct SweepAnalysis: Codable, Sendable, Equatable {
  package var criterion: SweepCriterion
  /// Nats above the best that still count as the valley.
  package var tolerance: Double
  package var arms: [SweepSummary]
  /// Whether every arm had as many rates, seeds and steps as the others.
  package var hasEqualBudgets: Bool

  package init(
    _ cells: [SweepCell], criterion: SweepCriterion = .median, tolerance: Double = 0.05
  ) {
    var names: [String] = []
    for cell in cells where !names.contains(cell.arm) { names.append(cell.arm) }
    self.criterion = criterion
    self.tolerance = tolerance
    let arms = names.map { name in
      SweepSummary(
        arm: name, cells: cells.filter { $0.arm == name }, criterion: criterion,
        tolerance: tolerance)
    }
    self.arms = arms
    hasEqualBudgets = arms.allSatisfy { arm in
      arm.isComplete && arms.allSatisfy { arm.record.hasSameBudget(as: $0.record) }
    }
  }
}
