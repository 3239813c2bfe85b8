import RunModel
import TensorKernels
import Workloads

/// What masking costs in expectation on one step: predicted by curvature beside measured by masks.
///
/// With m_b ~ Bernoulli(k_b) and the mean step `kδ`,
/// `E l(θ − m∘δ) − l(θ − kδ) ≈ ½ Σ_b k_b(1−k_b) δ_bᵀH_bbδ_b` (Proposition 1 of arXiv:2602.15322, of
/// which SkipUpdate, δ = Δ/k, is a case). H is taken at the mean point, where the first-order term
/// vanishes. At k = ½ masks come in pairs (m, 1−m), which cancels it in the sample too; otherwise
/// `g·(m−k)δ`, of mean zero, is subtracted. Prediction and measurement share their masks.
package struct PropositionOne {
  /// Masks a rate is measured with.
  package var masks: Int
  /// Multiples of the proposed step; on the curve beside the prediction.
  package var multiples: [Double]

  /// A decade of rates round the proposed one, and one beyond it, where the two mostly part.
  package static let rates = [0.316, 0.562, 1, 1.78, 3.16, 10]

  package init(masks: Int = 32, multiples: [Double] = PropositionOne.rates) {
    self.masks = masks
    self.multiples = multiples
  }

  /// nil when no coin is tossed on any block, or coins on less than a block.
  package func run(_ arm: ProbedArm, _ step: ProposedStep) -> ProbeReading? {
    guard !step.maskedBlocks.isEmpty, step.tossesWholeBlocks else { return nil }
    if let precise = arm.workload as? any PreciseWorkload, step.maskedBlocks.count <= 10 {
      return reading(arm, multiples.map { exact(precise, arm, step, multiple: $0) })
    }
    return reading(arm, sampled(arm, step))
  }

  /// One point of the curve.
  struct Point {
    var multiple: Double
    var predicted: Double
    var measured: Double
    var error: Double
  }

  private func reading(_ arm: ProbedArm, _ points: [Point]) -> ProbeReading? {
    guard let nearest = points.min(by: { abs($0.multiple - 1) < abs($1.multiple - 1) }) else {
      return nil
    }
    let difference = (nearest.measured - nearest.predicted) / max(abs(nearest.predicted), 1e-300)
    return ProbeReading(
      kind: .proposition1, arm: arm.arm, step: arm.step,
      figures: [
        .init(name: "predicted", value: nearest.predicted),
        .init(name: "measured", value: nearest.measured),
        .init(name: "measuredError", value: nearest.error),
        .init(name: "relativeDifference", value: difference),
      ], curve: points.map { [$0.multiple, $0.predicted, $0.measured, $0.error] }, cpuSeconds: 0)
  }
}

extension PropositionOne {
  /// Mean and spread of the loss over random masks, in single precision on one batch.
  private func sampled(_ arm: ProbedArm, _ step: ProposedStep) -> [Point] {
    let deviations = deviations(arm, step)
    let ranges = arm.layout.entries.map(\.range)
    let meanStep = scaled(step.displacement, by: step.keep, ranges)
    return multiples.map { multiple in
      let costs = measure(arm, step, meanStep, deviations, multiple)
      let bend = bend(arm, at: arm.moved(meanStep, by: multiple), deviations)
      return Point(
        multiple: multiple, predicted: multiple * multiple * bend,
        measured: costs.reduce(0, +) / Double(costs.count), error: standardError(costs))
    }
  }

  /// `½ xᵀHx`, mean over deviations x, with H at the mean point of the rate in question.
  private func bend(_ arm: ProbedArm, at center: [Float], _ deviations: [[Double]]) -> Double {
    var product = HessianVectorProduct(arm, at: center)
    let bends = deviations.map { x in
      0.5 * dot(x, product(x), over: x.indices)
    }
    return bends.reduce(0, +) / Double(max(1, bends.count))
  }

  /// `(m − k)∘δ` of every mask; at keep ½ one of each complementary pair.
  private func deviations(_ arm: ProbedArm, _ step: ProposedStep) -> [[Double]] {
    let ranges = arm.layout.entries.map(\.range)
    var random = arm.random
    return (0..<max(1, isPaired(step) ? masks / 2 : masks)).map { _ in
      let factors = step.keep.map { keep in
        keep < 1 ? (random.uniform() < keep ? 1 - keep : -keep) : 0
      }
      return scaled(step.displacement, by: factors, ranges)
    }
  }

  private func isPaired(_ step: ProposedStep) -> Bool {
    step.maskedBlocks.allSatisfy { step.keep[$0] == 0.5 }
  }

  private func measure(
    _ arm: ProbedArm, _ step: ProposedStep, _ meanStep: [Double], _ deviations: [[Double]],
    _ multiple: Double
  ) -> [Double] {
    let center = arm.moved(meanStep, by: multiple)
    let base = arm.loss(center)
    let slope = isPaired(step) ? [] : gradient(arm, center)
    return deviations.map { x in
      let above = arm.loss(shifted(center, x, -multiple)) - base
      guard slope.isEmpty else { return above + multiple * dot(slope, x, over: x.indices) }
      return 0.5 * (above + arm.loss(shifted(center, x, multiple)) - base)
    }
  }

  private func gradient(_ arm: ProbedArm, _ center: [Float]) -> [Double] {
    var gradient = [Float](repeating: 0, count: center.count)
    var span = gradient.mutableSpan
    _ = arm.workload.lossAndGradient(
      parameters: center.span, gradients: &span, batch: arm.batch)
    return gradient.map { Double($0) }
  }

  private func shifted(_ center: [Float], _ x: [Double], _ factor: Double) -> [Float] {
    center.indices.map { Float(Double(center[$0]) + factor * x[$0]) }
  }
}

/// `factors[b] · vector` on the elements of every block b.
func scaled(_ vector: [Double], by factors: [Double], _ ranges: [Range<Int>]) -> [Double] {
  var result = vector
  for (range, factor) in zip(ranges, factors) {
    for i in range { result[i] *= factor }
  }
  return result
}
