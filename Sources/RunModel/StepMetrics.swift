/// What one arm measured in one step; NaN where a figure does not apply.
///
/// Plain bits, so that posting one costs no allocation.
package struct StepMetrics: Sendable, BitwiseCopyable {
  /// Index of the arm in the run, and of the seed among the run's seeds.
  package var arm: Int32
  package var seed: Int32
  /// 1-based: the state after this many updates.
  package var step: Int32
  /// Loss of the step's training batch before the update, in nats per token.
  package var loss: Float
  package var learningRate: Float
  /// `lr · keep · mean scale` over the masked blocks; the learning rate itself for a base.
  package var effectiveLearningRate: Float
  package var gradientNorm: Float
  /// Means over the maskable blocks of this step.
  package var alignment: Float
  package var scale: Float
  /// Share of maskable blocks whose update was dropped in this step.
  package var maskRate: Float
  /// Cumulative CPU time of the arm's thread, and wall time of the run, in seconds.
  package var cpuSeconds: Double
  package var wallSeconds: Double
  /// Where the weights stand in the workload's plane.
  package var planeX = Float.nan
  package var planeY = Float.nan

  package init(
    arm: Int, seed: Int, step: Int, loss: Float, learningRate: Float,
    effectiveLearningRate: Float = .nan, gradientNorm: Float = .nan, alignment: Float = .nan,
    scale: Float = .nan, maskRate: Float = .nan, cpuSeconds: Double = 0, wallSeconds: Double = 0
  ) {
    self.arm = Int32(arm)
    self.seed = Int32(seed)
    self.step = Int32(step)
    self.loss = loss
    self.learningRate = learningRate
    self.effectiveLearningRate = effectiveLearningRate
    self.gradientNorm = gradientNorm
    self.alignment = alignment
    self.scale = scale
    self.maskRate = maskRate
    self.cpuSeconds = cpuSeconds
    self.wallSeconds = wallSeconds
  }
}

/// What happened to one block of one arm in one step; NaN where a figure does not apply.
package struct BlockMetrics: Sendable, BitwiseCopyable {
  package var arm: Int32
  package var seed: Int32
  package var step: Int32
  /// Index in the run's block list.
  package var block: Int32
  /// Share of the block's elements whose update was applied: 0 or 1 at tensor grain.
  package var keptShare: Float
  /// cos(momentum, gradient) in [-1, 1].
  package var alignment: Float
  /// sigmoid(alignment / tau) of this step, and its running average that damps the update.
  package var score: Float
  package var scale: Float
  /// ‖Δθ‖ of this step, NaN on steps where it was not measured.
  package var updateNorm: Float
  /// Sum of the measured ‖Δθ‖ so far, scaled by the measuring interval.
  package var distance: Float
  /// ‖θ‖ of the block, measured with `updateNorm`.
  package var weightNorm: Float

  package init(
    arm: Int, seed: Int, step: Int, block: Int, keptShare: Float = 1, alignment: Float = .nan,
    score: Float = .nan, scale: Float = .nan, updateNorm: Float = .nan, distance: Float = .nan,
    weightNorm: Float = .nan
  ) {
    self.arm = Int32(arm)
    self.seed = Int32(seed)
    self.step = Int32(step)
    self.block = Int32(block)
    self.keptShare = keptShare
    self.alignment = alignment
    self.score = score
    self.scale = scale
    self.updateNorm = updateNorm
    self.distance = distance
    self.weightNorm = weightNorm
  }
}
