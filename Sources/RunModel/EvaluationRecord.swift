/// One line of `metrics.jsonl`: an arm at one evaluation. Field order is the column order.
package struct EvaluationRecord: Sendable, Codable, Hashable {
  package var lane: String
  package var arm: String
  package var seed: UInt64
  package var step: Int
  package var tokens: Int
  /// Mean over the steps since the previous evaluation; nil at step 0 and after divergence.
  package var trainLoss: Double?
  package var validationLoss: Double?
  /// The held-out loss on what the weights of step 0 were trained on, in a fine-tuning.
  package var baseLoss: Double?
  package var learningRate: Double
  package var effectiveLearningRate: Double?
  /// Share of maskable block-steps dropped so far.
  package var maskRate: Double?
  /// Means over the maskable blocks and over the steps since the previous evaluation.
  package var alignment: Double?
  package var scale: Double?
  /// CPU time of the arm's thread and wall time, both cumulative.
  package var cpuSeconds: Double
  package var wallSeconds: Double
  /// The step at which the loss stopped being finite.
  package var diverged: Int?
  /// True on the one closing line of an arm.
  package var final: Bool?

  package init(
    lane: String, arm: String, seed: UInt64, step: Int, tokens: Int, trainLoss: Double?,
    validationLoss: Double?, baseLoss: Double? = nil, learningRate: Double,
    effectiveLearningRate: Double?,
    maskRate: Double?, alignment: Double?, scale: Double?, cpuSeconds: Double,
    wallSeconds: Double, diverged: Int? = nil, final: Bool? = nil
  ) {
    self.lane = lane
    self.arm = arm
    self.seed = seed
    self.step = step
    self.tokens = tokens
    self.trainLoss = trainLoss
    self.validationLoss = validationLoss
    self.baseLoss = baseLoss
    self.learningRate = learningRate
    self.effectiveLearningRate = effectiveLearningRate
    self.maskRate = maskRate
    self.alignment = alignment
    self.scale = scale
    self.cpuSeconds = cpuSeconds
    self.wallSeconds = wallSeconds
    self.diverged = diverged
    self.final = final
  }
}
