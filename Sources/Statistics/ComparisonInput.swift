import RunModel

/// What was compared, in the words of the sentence.
package struct ComparisonSetting: Codable, Sendable, Equatable {
  /// For example `micro model`, or `micro model (in bf16 products)`.
  package var model: String
  /// For example `tinychars`.
  package var data: String
  package var loss: String
  package var lossUnit: LossUnit
  /// The declared length of every run, in steps.
  package var budget: Int
  package var declaredSeeds: Int

  package init(
    model: String, data: String, loss: String = "val loss", lossUnit: LossUnit = .nats,
    budget: Int, declaredSeeds: Int
  ) {
    self.model = model
    self.data = data
    self.loss = loss
    self.lossUnit = lossUnit
    self.budget = budget
    self.declaredSeeds = declaredSeeds
  }
}

extension ComparisonSetting {
  /// What was compared, in the words of the sentence.
  package init(_ run: RunConfiguration, seeds: Int) {
    let size = run.model.size?.rawValue ?? "\(run.model.layers)x\(run.model.width)"
    self.init(
      model: run.descriptor.learner(size: size) + run.precisionWords, data: run.dataWords,
      loss: run.descriptor.judgedLoss,
      lossUnit: run.lossUnit, budget: run.steps, declaredSeeds: seeds)
  }
}

extension RunConfiguration {
  /// What has to be said of the precision, if anything.
  fileprivate var precisionWords: String {
    model.precision.remark.map { " (\($0))" } ?? ""
  }

  /// The data in a few words.
  fileprivate var dataWords: String {
    switch data {
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    case .required: "the given text"
    case .builtIn: descriptor.builtInData
    }
  }
}

/// The difference below which nobody cares, as asked for.
package enum Margin: Sendable, Hashable {
  /// .01 where the loss is in nats, elsewhere 5 % of the reference's median final loss.
  case usual
  /// In the loss's own unit.
  case absolute(Double)

  package static let usualNats = 0.01
  package static let usualShare = 0.05

  /// The margin of a comparison with `reference`, and what it rests on.
  package func value(
    unit: LossUnit, reference: ArmResults
  ) -> (margin: Double, basis: MarginBasis) {
    switch (self, unit) {
    case (.absolute(let value), _): return (value, .given)
    case (.usual, .nats): return (Self.usualNats, .nats)
    case (.usual, .none):
      let median = RankedLosses(reference.runs.map(\.finalLoss)).median ?? 0
      return (Self.usualShare * abs(median), .shareOfReference)
    }
  }
}

/// What a practical margin rests on.
package enum MarginBasis: String, Codable, Sendable {
  case nats, shareOfReference, given
}

/// Everything a verdict rests on: two arms, perhaps the matched control, and the conduct.
package struct ComparisonInput: Codable, Sendable, Equatable {
  package var setting: ComparisonSetting
  package var subject: ArmResults
  package var reference: ArmResults
  /// The reference with the step size matched to the subject's.
  package var control: ArmResults?
  package var conduct: Conduct
  /// Differences inside ± this much, in the loss's unit, do not matter in practice.
  package var margin: Double
  package var marginBasis: MarginBasis
  package var confidence: Double
  /// The true difference, in the loss's unit, that the power hint plans for.
  package var wantedDifference: Double

  package init(
    setting: ComparisonSetting, subject: ArmResults, reference: ArmResults,
    control: ArmResults? = nil, conduct: Conduct = Conduct(), margin: Margin = .usual,
    confidence: Double = 0.95
  ) {
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    self.setting = setting
    self.subject = subject
    self.reference = reference
    self.control = control
    self.conduct = conduct
    (self.margin, marginBasis) = margin.value(unit: setting.lossUnit, reference: reference)
    precondition(self.margin >= 0, "a practical margin is not negative")
    self.confidence = confidence
    wantedDifference = 2 * (self.margin > 0 ? self.margin : Margin.usualNats)
  }
}
