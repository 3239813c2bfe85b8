/// What one arm of one seed measured in one step; NaN where a figure does not apply.
///
/// Plain bits, so that posting one costs no allocation.
package struct StepRow: Sendable, BitwiseCopyable, Equatable {
  package var arm: ArmID
  package var seed: UInt64
  /// 1-based: the state after this many updates.
  package var step: Int
  /// Loss of the step's training batch before the update.
  package var trainLoss = Double.nan
  /// Norm of the whole gradient before clipping.
  package var gradientNorm = Double.nan
  package var learningRate = Double.nan
  /// Mean of keep · scale over the masked blocks in this step; 1 for a base, and what a matched
  /// control's maskable blocks were multiplied by.
  package var stepFactor = 1.0
  /// Means over the blocks under the mask (of a base: over the maskable ones).
  package var alignment = Double.nan
  package var scale = Double.nan
  /// Blocks that could be dropped in this step, and the sum of their dropped shares.
  package var maskableCount = 0
  package var droppedSum = 0.0
  /// Cumulative CPU time of the arm's thread, and wall time of the run, in seconds.
  package var cpuSeconds = 0.0
  package var wallSeconds = 0.0
  /// Where the weights stand in the workload's plane.
  package var planeX = Float.nan
  package var planeY = Float.nan

  package init(arm: ArmID, seed: UInt64, step: Int) {
    self.arm = arm
    self.seed = seed
    self.step = step
  }

  /// The rate that the masked blocks moved at.
  package var effectiveLearningRate: Double { learningRate * stepFactor }

  /// Share of the maskable blocks whose update was dropped in this step.
  package var maskRate: Double {
    maskableCount == 0 ? .nan : droppedSum / Double(maskableCount)
  }
}

/// What happened to one block of one arm in one step; NaN where a figure does not apply.
package struct BlockRow: Sendable, BitwiseCopyable, Equatable {
  /// Whether the arm masks or damps this block.
  package var isMasked = false
  /// Share of the block's elements whose update was applied: 0 or 1 at tensor grain.
  package var keptShare: Float = 1
  /// The probability that this step's coin kept the block.
  package var keep: Float = 1
  /// cos(momentum, gradient) in [-1, 1], and the norms of the two.
  package var alignment = Float.nan
  package var gradientNorm = Float.nan
  package var momentumNorm = Float.nan
  /// sigmoid(alignment / tau) of this step, and the factor on the update before the coin.
  package var score = Float.nan
  package var scale: Float = 1
  /// Norm of the displacement asked for; 0 exactly where nothing was applied.
  package var updateNorm = Float.nan
  /// ‖θ‖ of the block; measured on every tenth step.
  package var weightNorm = Float.nan

  package init() {}
}

/// Rows of consecutive steps: with every step row the rows of all blocks of the run, in their order.
package struct RunRows: Sendable, Equatable {
  /// Blocks of the run.
  package var blockCount: Int
  package var steps: [StepRow] = []
  /// `blockCount` rows for every step row.
  package var blocks: [BlockRow] = []
  /// Rows that could not be kept for want of memory; 0 unless a reader has gone missing for long.
  package var droppedCount = 0

  package init(blockCount: Int) { self.blockCount = blockCount }

  package var isEmpty: Bool { steps.isEmpty }

  /// The rows of the blocks that belong to `steps[index]`.
  package func blocks(ofRow index: Int) -> ArraySlice<BlockRow> {
    blocks[index * blockCount..<(index + 1) * blockCount]
  }

  package mutating func append(_ step: StepRow, blocks rows: some Collection<BlockRow>) {
    precondition(rows.count == blockCount, "a step has a row for every block")
    steps.append(step)
    blocks.append(contentsOf: rows)
  }

  package mutating func append(_ other: RunRows) {
    precondition(other.blockCount == blockCount, "rows of one run have the same blocks")
    steps += other.steps
    blocks += other.blocks
    droppedCount += other.droppedCount
  }

  package mutating func removeAll() {
    steps.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    droppedCount = 0
  }
}
