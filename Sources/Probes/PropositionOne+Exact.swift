import TensorKernels
import Workloads

extension PropositionOne {
  /// All masks enumerated, in double precision, on the full loss of a workload that offers it.
  ///
  /// The curvature of each block is a second difference of the loss at the mean point, exact on a
  /// quadratic up to rounding.
  func exact(
    _ workload: any PreciseWorkload, _ arm: ProbedArm, _ step: ProposedStep, multiple: Double
  ) -> Point {
    let ranges = arm.layout.entries.map(\.range)
    let moved = step.displacement.map { multiple * $0 }
    let meanStep = scaled(moved, by: step.keep, ranges)
    let center = arm.parameters.indices.map { Double(arm.parameters[$0]) - meanStep[$0] }
    let base = workload.preciseLoss(parameters: center)
    var predicted = 0.0
    for block in step.maskedBlocks {
      var direction = [Double](repeating: 0, count: center.count)
      for i in ranges[block] { direction[i] = moved[i] }
      let above = workload.preciseLoss(parameters: sum(center, direction, 1))
      let below = workload.preciseLoss(parameters: sum(center, direction, -1))
      predicted += 0.5 * step.keep[block] * (1 - step.keep[block]) * (above - 2 * base + below)
    }
    var measured = 0.0
    for mask in 0..<1 << step.maskedBlocks.count {
      let (factors, probability) = deviation(mask, step)
      let point = sum(center, scaled(moved, by: factors, ranges), -1)
      measured += probability * (workload.preciseLoss(parameters: point) - base)
    }
    return Point(multiple: multiple, predicted: predicted, measured: measured, error: 0)
  }

  /// `m − k` of the mask whose bits say which masked block is kept, and its probability.
  private func deviation(_ mask: Int, _ step: ProposedStep) -> ([Double], Double) {
    var factors = [Double](repeating: 0, count: step.keep.count)
    var probability = 1.0
    for (bit, block) in step.maskedBlocks.enumerated() {
      let isKept = mask >> bit & 1 == 1
      factors[block] = (isKept ? 1 : 0) - step.keep[block]
      probability *= isKept ? step.keep[block] : 1 - step.keep[block]
    }
    return (factors, probability)
  }

  private func sum(_ a: [Double], _ b: [Double], _ factor: Double) -> [Double] {
    a.indices.map { a[$0] + factor * b[$0] }
  }
}
