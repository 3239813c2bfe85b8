/// A named tensor by value: what checkpoints are made of.
package struct TensorSnapshot: Sendable, Hashable {
  package var name: String
  package var shape: [Int]
  /// Row-major, `shape`'s product of them.
  package var values: [Float]

  package init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// Equal to the bit: NaN equals itself, 0 differs from -0.
  package static func == (one: TensorSnapshot, other: TensorSnapshot) -> Bool {
    one.name == other.name && one.shape == other.shape
      && one.values.map(\.bitPattern) == other.values.map(\.bitPattern)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(shape)
  }
}

/// An optimizer's memory by value: its moments, and the figures that are not arrays of floats.
package struct OptimizerSnapshot: Sendable, Hashable {
  package var tensors: [TensorSnapshot]
  package var scalars: [String: Double]

  package init(tensors: [TensorSnapshot] = [], scalars: [String: Double] = [:]) {
    self.tensors = tensors
    self.scalars = scalars
  }
}

/// What an arm has counted so far; with parameters and optimizer state, everything it is.
package struct ArmProgress: Sendable, Codable, Hashable {
  /// Updates made.
  package var step = 0
  /// Sums over the steps since the previous evaluation, and how many terms they have.
  package var lossSum = 0.0
  package var lossCount = 0
  package var alignmentSum = 0.0
  package var alignmentCount = 0
  package var scaleSum = 0.0
  package var scaleCount = 0
  /// Of rate x step factor; nil in checkpoints of the first format.
  package var effectiveRateSum: Double?
  /// Maskable block-steps so far, and the share of them that was dropped.
  package var maskableCount = 0
  package var droppedSum = 0.0
  /// The factor on a matched control's maskable blocks in the next step.
  package var matchedFactor = 1.0
  package var cpuSeconds = 0.0
  package var wallSeconds = 0.0
  package var divergedAt: Int?

  package init() {}
}

/// One arm of one seed at a step boundary, complete: training goes on from it bit for bit.
package struct ArmCheckpoint: Sendable, Hashable {
  package var arm: ArmID
  package var seed: UInt64
  package var parameters: [TensorSnapshot]
  package var optimizer: OptimizerSnapshot
  package var progress: ArmProgress

  package init(
    arm: ArmID, seed: UInt64, parameters: [TensorSnapshot], optimizer: OptimizerSnapshot,
    progress: ArmProgress
  ) {
    self.arm = arm
    self.seed = seed
    self.parameters = parameters
    self.optimizer = optimizer
    self.progress = progress
  }
}

/// All arms of a run at the same step boundary, and the journal that led there.
package struct CheckpointSet: Sendable, Hashable {
  package var step: Int
  /// What changed the training so far.
  package var journal: [JournalEntry]
  /// Seed by seed, the arms in their order.
  package var arms: [ArmCheckpoint]
  /// The latest evaluation of every arm, in the same order.
  package var records: [EvaluationRecord?]

  package init(
    step: Int, journal: [JournalEntry], arms: [ArmCheckpoint], records: [EvaluationRecord?]
  ) {
    self.step = step
    self.journal = journal
    self.arms = arms
    self.records = records
  }
}
