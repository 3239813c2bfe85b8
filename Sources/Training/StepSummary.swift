import Optimizers
import RunModel

/// Sums over the masked blocks of one step.
struct StepSummary {
  private(set) var maskableCount = 0
  private(set) var droppedSum = 0.0
  private(set) var alignmentSum = 0.0
  private(set) var alignmentCount = 0
  private(set) var scaleSum = 0.0
  private(set) var scaleCount = 0

  mutating func add(_ outcome: BlockOutcome) {
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

  var maskRate: Double? { mean(droppedSum, maskableCount) }
  var meanAlignment: Double? { mean(alignmentSum, alignmentCount) }
  var meanScale: Double? { mean(scaleSum, scaleCount) }
}

/// The mean of a sum of `count` terms; nil of none.
func mean(_ sum: Double, _ count: Int) -> Double? {
  count == 0 ? nil : sum / Double(count)
}

extension ArmProgress {
  mutating func add(_ summary: StepSummary) {
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
    (alignmentSum, alignmentCount) = (0, 0)
    (scaleSum, scaleCount) = (0, 0)
  }
}
