import Optimizers
import RunModel
import TensorKernels

/// Sums over the blocks of one step that the arm's figures speak of: those under its mask, or for an
/// arm without one those the workload calls maskable.
struct StepSummary {
  private(set) var maskableCount = 0
  private(set) var droppedSum = 0.0
  private(set) var alignmentSum = 0.0
  private(set) var alignmentCount = 0
  private(set) var scaleSum = 0.0
  private(set) var scaleCount = 0

  init(_ outcomes: [BlockOutcome], of layout: TensorLayout, isMasking: Bool) {
    for block in outcomes.indices {
      let counts = isMasking ? outcomes[block].isMasked : layout.entries[block].isMaskable
      if counts { add(outcomes[block]) }
    }
  }

  private mutating func add(_ outcome: BlockOutcome) {
    maskableCount += 1
    droppedSum += 1 - Double(outcome.keptShare)
    if outcome.alignment.isFinite {
      alignmentSum += Double(outcome.alignment)
      alignmentCount += 1
    }
    if outcome.scale.isFinite {
      scaleSum += Double(outcome.scale)
      scaleCount += 1
    }
  }

  var meanAlignment: Double? { mean(alignmentSum, alignmentCount) }
  var meanScale: Double? { mean(scaleSum, scaleCount) }
}

/// The mean of a sum of `count` terms; nil of none.
func mean(_ sum: Double, _ count: Int) -> Double? {
  count == 0 ? nil : sum / Double(count)
}

extension ArmProgress {
  mutating func add(_ summary: StepSummary, loss: Double, effectiveRate: Double) {
    // Absent from checkpoints of the first format, and then until the next evaluation.
    if effectiveRateSum != nil || lossCount == 0 {
      effectiveRateSum = (effectiveRateSum ?? 0) + effectiveRate
    }
    lossSum += loss
    lossCount += 1
    maskableCount += summary.maskableCount
    droppedSum += summary.droppedSum
    alignmentSum += summary.alignmentSum
    alignmentCount += summary.alignmentCount
    scaleSum += summary.scaleSum
    scaleCount += summary.scaleCount
  }

  /// Forgets the sums that an evaluation has reported.
  mutating func startInterval() {
    (lossSum, lossCount) = (0, 0)
    effectiveRateSum = 0
    (alignmentSum, alignmentCount) = (0, 0)
    (scaleSum, scaleCount) = (0, 0)
  }
}
