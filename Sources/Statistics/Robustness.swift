/// What the comparison would have shown earlier in the same runs; descriptive, never a verdict.
package struct RobustnessPoint: Codable, Sendable, Equatable {
  /// Share of the declared budget.
  package var fraction: Double
  package var step: Int
  package var pairs: Int
  package var meanDifference: Double
  package var interval: Interval?
  package var outcome: Outcome
  /// Whether the outcome at the end, likewise not adjusted for other lanes, is another one.
  package var isFlipped: Bool
  package var isDescriptiveOnly = true
}

extension RobustnessPoint {
  package static let fractions = [0.5, 0.75]

  /// The comparison repeated at 50 % and 75 % of the budget, from raw evaluations.
  ///
  /// Each run contributes its last evaluation at or before that step; a fraction at which a judged
  /// seed has none is left out.
  static func all(
    _ input: ComparisonInput, seeds: [UInt64], finalOutcome: Outcome
  ) -> [RobustnessPoint] {
    fractions.compactMap { fraction in
      let step = Int(Double(input.setting.budget) * fraction)
      let differences = seeds.compactMap { seed -> PairedDifference? in
        guard let subject = loss(input.subject, seed: seed, until: step),
          let reference = loss(input.reference, seed: seed, until: step)
        else { return nil }
        return PairedDifference(seed: seed, difference: subject - reference)
      }
      guard differences.count == seeds.count,
        let comparison = PairedComparison(differences, confidence: input.confidence)
      else { return nil }
      let outcome = Outcome.judge(
        interval: comparison.tTest?.interval, adjustedP: comparison.signFlip.pValue,
        seeds: comparison.count, margin: input.margin)
      return RobustnessPoint(
        fraction: fraction, step: step, pairs: comparison.count,
        meanDifference: comparison.mean, interval: comparison.tTest?.interval, outcome: outcome,
        isFlipped: outcome != finalOutcome)
    }
  }

  private static func loss(_ arm: ArmResults, seed: UInt64, until step: Int) -> Double? {
    guard let run = arm.runs.first(where: { $0.seed == seed }) else { return nil }
    return run.trajectory.last { $0.step > 0 && $0.step <= step }?.validationLoss
  }
}
