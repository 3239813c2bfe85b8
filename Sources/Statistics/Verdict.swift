import RunModel

/// The subject against its matched-step control: whether a difference is more than a step size.
package struct ControlComparison: Codable, Sendable, Equatable {
  package var name: String
  /// Nil when the two share no finished seed, or the control diverged.
  package var comparison: PairedComparison?
  package var adjustedP: Double?
  package var losses: RankedLosses
  package var outcome: Outcome
}

/// What may be said about two arms, and how far to trust it.
package struct Verdict: Codable, Sendable, Equatable {
  package var subject: String
  package var reference: String
  package var lossUnit: LossUnit
  package var margin: Double
  package var marginBasis: MarginBasis
  package var confidence: Double
  package var stopping: StoppingRule
  /// What the numbers say, at any grade; print `claim`, which respects the grade.
  package var outcome: Outcome
  package var claim: Claim
  /// The claim as headings print it: `looks lower, not tuned`.
  package var words: String
  package var grade: Grade
  /// The arms whose best value lies at the edge of what was tried: the subject, the reference.
  package var untuned: [String]
  /// The grade of the conduct alone, also for an undecided outcome.
  package var conductGrade: Grade
  package var voidReasons: [VoidReason]
  package var finishedSeeds: Int
  package var declaredSeeds: Int
  /// Nil while pending, void by divergence, or unpaired.
  package var comparison: PairedComparison?
  package var unpaired: UnpairedComparison?
  /// The sign-flip p after Holm over all lanes judged together.
  package var adjustedP: Double?
  package var lanes: Int
  package var subjectLosses: RankedLosses
  package var referenceLosses: RankedLosses
  /// Over all runs, diverged ones as the worst rank.
  package var rankedImprovement: Double?
  package var control: ControlComparison?
  /// Steps of the subject to the reference's final loss; nil while nothing is compared.
  package var stepsToTarget: StepsToTarget?
  package var exchange: ExchangeRate?
  package var checklist: Checklist
  package var robustness: [RobustnessPoint]
  package var power: PowerHint?
  /// Always ends with what it does not say.
  package var sentence: String
}

extension Verdict {
  /// Judges one pair of arms.
  package static func judge(_ input: ComparisonInput) -> Verdict {
    judge(evidence: Evidence(input), adjustedP: nil, controlP: nil, lanes: 1)
  }

  /// Judges several lanes as one family: sign-flip p values are Holm-adjusted together.
  ///
  /// A lane without a p value counts as p = 1. Controls form a family of their own: grade A needs
  /// a lane and its control to reject, so neither has to pay for the other.
  package static func judge(_ inputs: [ComparisonInput]) -> [Verdict] {
    let evidence = inputs.map(Evidence.init)
    let adjusted = Holm.adjust(evidence.map { $0.comparison?.signFlip.pValue ?? 1 })
    let controls = Holm.adjust(evidence.map { $0.controlComparison?.signFlip.pValue ?? 1 })
    return evidence.indices.map { index in
      judge(
        evidence: evidence[index], adjustedP: adjusted[index], controlP: controls[index],
        lanes: inputs.count)
    }
  }

  private static func judge(
    evidence: Evidence, adjustedP: Double?, controlP: Double?, lanes: Int
  ) -> Verdict {
    let input = evidence.input
    let pValue = evidence.comparison.map { adjustedP ?? $0.signFlip.pValue }
    let interval = evidence.comparison?.tTest?.interval ?? evidence.unpaired?.welch?.interval
    let outcome =
      evidence.voidReasons.isEmpty
      ? Outcome.judge(
        interval: interval, adjustedP: pValue, seeds: evidence.judgedCount, margin: input.margin)
      : .inconclusive
    let control = evidence.control(adjustedP: controlP)
    let checklist = Checklist(
      input,
      CheckFindings(
        pairs: evidence.judgedCount, isPaired: evidence.isPaired, isReady: evidence.isReady,
        judgedSeeds: evidence.judgedSeeds, outcome: outcome, controlOutcome: control?.outcome))
    let conduct = Grade.conduct(
      checklist, pairs: evidence.judgedCount, voidReasons: evidence.voidReasons)
    let claim = Claim.word(
      outcome: outcome, conduct: conduct, interval: interval, margin: input.margin,
      isReady: evidence.isReady)
    var verdict = Verdict(
      subject: input.subject.name, reference: input.reference.name,
      lossUnit: input.setting.lossUnit, margin: input.margin, marginBasis: input.marginBasis,
      confidence: input.confidence, stopping: .declaredBudget, outcome: outcome,
      claim: claim, words: claim.words(isTuned: input.edges.isEmpty),
      grade: Grade.evidence(
        checklist, pairs: evidence.judgedCount, voidReasons: evidence.voidReasons),
      untuned: input.edges.map(\.arm), conductGrade: conduct, voidReasons: evidence.voidReasons,
      finishedSeeds: evidence.finishedSeeds, declaredSeeds: input.setting.declaredSeeds,
      comparison: evidence.comparison, unpaired: evidence.unpaired, adjustedP: pValue,
      lanes: lanes, subjectLosses: evidence.subjectLosses,
      referenceLosses: evidence.referenceLosses, rankedImprovement: evidence.rankedImprovement,
      control: control,
      stepsToTarget: evidence.comparison == nil ? nil : StepsToTarget(input),
      exchange: evidence.comparison.flatMap { ExchangeRate(input, difference: $0.mean) },
      checklist: checklist,
      robustness: RobustnessPoint.all(
        input, seeds: evidence.comparison == nil ? [] : evidence.judgedSeeds,
        finalOutcome: evidence.outcomeAlone),
      power: evidence.powerHint, sentence: "")
    if input.setting.lossUnit == .none {
      verdict.comparison?.dropPerplexity()
      verdict.control?.comparison?.dropPerplexity()
    }
    verdict.sentence = VerdictSentence(input: input, verdict: verdict).text
    return verdict
  }
}
