import RunModel
import TensorKernels

/// What a transformation may know of the step it is in.
package struct StepContext: Sendable {
  /// 1-based number of the update.
  package var step: Int
  /// The schedule's factor on every learning rate of the arm.
  package var scheduleFactor: Double
  package var seed: UInt64
  /// For a matched control: the factor on the maskable blocks' learning rate; 1 otherwise.
  package var matchedFactor: Double
  /// Whether update norms are measured in this step (costs a pass).
  package var measuresUpdates: Bool

  package init(
    step: Int, scheduleFactor: Double = 1, seed: UInt64 = 0, matchedFactor: Double = 1,
    measuresUpdates: Bool = false
  ) {
    self.step = step
    self.scheduleFactor = scheduleFactor
    self.seed = seed
    self.matchedFactor = matchedFactor
    self.measuresUpdates = measuresUpdates
  }
}

/// What happened to one block in the latest step; NaN where a figure does not apply.
package struct BlockOutcome: Sendable, BitwiseCopyable {
  /// Whether the arm masks or damps this block at all.
  package var isMasked = false
  /// Share of the block's elements whose update was applied.
  package var keptShare: Float = 1
  package var alignment: Float = .nan
  package var score: Float = .nan
  package var scale: Float = .nan
  package var updateNorm: Float = .nan

  package init() {}
}
