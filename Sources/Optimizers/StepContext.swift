/// What an optimizer may know of the step it is in.
package struct StepContext: Sendable {
  /// 1-based number of the update.
  package var step: Int
  /// Length of the run, for mask schedules; 0 when it is not known.
  package var totalSteps: Int
  /// The schedule's factor on every learning rate of the arm.
  package var scheduleFactor: Double
  package var seed: UInt64
  /// For a matched control: the factor on the maskable blocks' learning rate; 1 otherwise.
  package var matchedFactor: Double

  package init(
    step: Int, scheduleFactor: Double = 1, seed: UInt64 = 0, matchedFactor: Double = 1,
    totalSteps: Int = 0
  ) {
    self.step = step
    self.scheduleFactor = scheduleFactor
    self.seed = seed
    self.matchedFactor = matchedFactor
    self.totalSteps = totalSteps
  }
}

/// The facts of one block in the latest step; NaN where a figure does not apply.
package struct BlockOutcome: Sendable, BitwiseCopyable, Equatable {
  /// Whether the arm masks or damps this block at all.
  package var isMasked = false
  /// The probability that this step's coin kept the block; 1 where no coin is tossed.
  package var keep: Float = 1
  /// Share of the block's elements whose update was applied.
  package var keptShare: Float = 1
  /// cos(momentum, gradient) of the raw gradient, and the norms of the two.
  ///
  /// The momentum is what `magma(base)` would use by default (after the step; an average with β = .9
  /// where the base keeps none), on masked blocks of an arm that uses a cosine its own. NaN where
  /// nobody needs it and the optimizer does not observe.
  package var alignment: Float = .nan
  package var gradientNorm: Float = .nan
  package var momentumNorm: Float = .nan
  /// sigmoid(alignment / tau) of this step, where the arm makes one.
  package var score: Float = .nan
  /// The factor on the displacement before the coin; its running average damps the update.
  package var scale: Float = 1
  /// Norm of the displacement asked for: rate, mask, scale, and what is decayed inside the mask.
  ///
  /// Summed in double before it is rounded into the weights: 0 exactly where nothing was applied.
  package var updateNorm: Float = 0

  package init() {}

  mutating func record(_ sums: AlignmentSums) {
    alignment = Float(sums.cosine)
    gradientNorm = Float(sums.gradient.squareRoot())
    momentumNorm = Float(sums.momentum.squareRoot())
  }
}
