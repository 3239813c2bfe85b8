/// How many steps an arm took to its reference's final loss.
package struct StepsToTarget: Codable, Sendable, Equatable {
  /// The reference's mean final loss.
  package var target: Double
  package var budget: Int
  /// Over the judged seeds, a miss counting as infinity; nil when the median seed missed.
  package var median: Double?
  package var misses: Int
  package var seeds: Int

  /// Nil without a target: a seed of the reference diverged.
  init?(_ input: ComparisonInput) {
    guard let target = RankedLosses(input.reference.runs.map(\.finalLoss)).mean else { return nil }
    let time = TimeToTarget(target: target, runs: input.subject.runs)
    self.target = target
    budget = input.setting.budget
    (median, misses, seeds) = (time.medianSteps, time.misses, time.hits.count)
  }
}

/// What loss and steps are worth in one another, measured on the reference near its end.
package struct ExchangeRate: Codable, Sendable, Equatable {
  /// The fall of the reference's mean loss per step, over the last quarter of the budget.
  package var lossPerStep: Double
  /// The mean difference in such steps; negative where the subject is lower.
  package var stepsForDifference: Double
}

extension ExchangeRate {
  /// `(L(¾T) − L(T)) / ¼T` over the reference's runs; nil where its loss no longer falls, or nothing
  /// was evaluated around three quarters of the budget.
  init?(_ input: ComparisonInput, difference: Double) {
    let budget = input.setting.budget
    let falls = input.reference.runs.compactMap { run -> Double? in
      let early = run.trajectory.last { $0.step > 0 && 4 * $0.step <= 3 * budget }
      guard let end = run.finalLoss, let early, let loss = early.validationLoss,
        2 * early.step >= budget
      else { return nil }
      return (loss - end) / Double(budget - early.step)
    }
    guard falls.count == input.reference.runs.count, let fall = Summary.mean(falls), fall > 0
    else { return nil }
    self.init(lossPerStep: fall, stepsForDifference: difference / fall)
  }
}
