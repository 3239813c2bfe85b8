/// The runs of a comparison sorted into what may be judged and what may not.
struct Evidence {
  let input: ComparisonInput
  let voidReasons: [VoidReason]
  /// Seeds that both arms have finished.
  let finishedSeeds: Int
  /// Whether every declared seed has reached the declared step.
  let isReady: Bool
  let isPaired: Bool
  let judgedSeeds: [UInt64]
  let comparison: PairedComparison?
  let unpaired: UnpairedComparison?
  let controlComparison: PairedComparison?
  let subjectLosses: RankedLosses
  let referenceLosses: RankedLosses
  let rankedImprovement: Double?

  var judgedCount: Int {
    if let unpaired { return min(unpaired.subjectSeeds, unpaired.referenceSeeds) }
    return judgedSeeds.count
  }

  /// What this pair shows by itself, before the price of judging several lanes.
  var outcomeAlone: Outcome {
    guard let comparison, voidReasons.isEmpty else { return .inconclusive }
    return Outcome.judge(
      interval: comparison.tTest?.interval, adjustedP: comparison.signFlip.pValue,
      seeds: judgedCount, margin: input.margin)
  }

  init(_ input: ComparisonInput) {
    self.input = input
    let budget = input.setting.budget
    let subject = input.subject.runs.filter { $0.isFinished(budget: budget) }
    let reference = input.reference.runs.filter { $0.isFinished(budget: budget) }
    let pairs = Self.pairs(subject, reference)
    let shared = Self.sharedSeeds(subject, reference)
    isPaired = Self.sharedSeeds(input.subject.runs, input.reference.runs) > 0
    finishedSeeds = isPaired ? shared : min(subject.count, reference.count)
    voidReasons = Self.voidReasons(input)
    subjectLosses = RankedLosses(subject.map(\.finalLoss))
    referenceLosses = RankedLosses(reference.map(\.finalLoss))
    rankedImprovement = UnpairedComparison.improvement(
      subject: Self.ranks(subject), reference: Self.ranks(reference))
    isReady =
      finishedSeeds >= max(1, input.setting.declaredSeeds) && Self.areFinished(input)
    let isJudged = isReady && !voidReasons.contains(.divergence)
    judgedSeeds = isPaired ? pairs.map(\.seed) : subject.map(\.seed) + reference.map(\.seed)
    comparison =
      isJudged && isPaired ? PairedComparison(pairs, confidence: input.confidence) : nil
    unpaired =
      isJudged && !isPaired
      ? UnpairedComparison(
        subject: subject.compactMap(\.finalLoss), reference: reference.compactMap(\.finalLoss),
        confidence: input.confidence) : nil
    controlComparison =
      comparison == nil ? nil : Self.controlComparison(input, seeds: pairs.map(\.seed))
  }

  /// Only the difference a user asked about is hinted at; the observed one would be circular.
  var powerHint: PowerHint? {
    guard let deviation = comparison?.standardDeviation else { return nil }
    return PowerHint.seedsNeeded(
      standardDeviation: deviation, difference: input.wantedDifference, margin: input.margin)
  }

  func control(adjustedP: Double?) -> ControlComparison? {
    guard let control = input.control else { return nil }
    let pValue = controlComparison.map { adjustedP ?? $0.signFlip.pValue }
    return ControlComparison(
      name: control.name, comparison: controlComparison, adjustedP: pValue,
      losses: RankedLosses(
        control.runs.filter { $0.isFinished(budget: input.setting.budget) }.map(\.finalLoss)),
      outcome: Outcome.judge(
        interval: controlComparison?.tTest?.interval, adjustedP: pValue,
        seeds: controlComparison?.count ?? 0, margin: input.margin))
  }
}

extension Evidence {
  private static func voidReasons(_ input: ComparisonInput) -> [VoidReason] {
    let conduct = input.conduct
    let runs = input.subject.runs + input.reference.runs
    let isPastBudget = runs.contains { $0.finalStep > input.setting.budget }
    var reasons: [VoidReason] = []
    if !conduct.hasSameData { reasons.append(.data) }
    if conduct.hasSameInitialization == false { reasons.append(.initialization) }
    if !conduct.hasSameBudget || isPastBudget { reasons.append(.budget) }
    if !conduct.hasSameModel { reasons.append(.model) }
    if !conduct.hasSameEvaluation { reasons.append(.evaluation) }
    if runs.contains(where: \.isDiverged) { reasons.append(.divergence) }
    return reasons
  }

  /// Seeds that ended finite in both arms, in the subject's order.
  private static func pairs(_ subject: [SeedRun], _ reference: [SeedRun]) -> [PairedDifference] {
    subject.compactMap { run in
      guard let loss = run.finalLoss,
        let other = reference.first(where: { $0.seed == run.seed })?.finalLoss
      else { return nil }
      return PairedDifference(seed: run.seed, difference: loss - other)
    }
  }

  private static func sharedSeeds(_ subject: [SeedRun], _ reference: [SeedRun]) -> Int {
    subject.count { run in reference.contains { $0.seed == run.seed } }
  }

  /// A run that is still going must not be left out: slow seeds need not be like the others.
  private static func areFinished(_ input: ComparisonInput) -> Bool {
    (input.subject.runs + input.reference.runs).allSatisfy {
      $0.isFinished(budget: input.setting.budget)
    }
  }

  private static func ranks(_ runs: [SeedRun]) -> [Double] {
    runs.map { $0.finalLoss ?? .infinity }
  }

  private static func controlComparison(
    _ input: ComparisonInput, seeds: [UInt64]
  ) -> PairedComparison? {
    guard let control = input.control else { return nil }
    let budget = input.setting.budget
    let runs = control.runs.filter { $0.isFinished(budget: budget) && seeds.contains($0.seed) }
    guard runs.count == seeds.count, !runs.contains(where: \.isDiverged) else { return nil }
    let subject = input.subject.runs.filter { seeds.contains($0.seed) }
    return PairedComparison(pairs(subject, runs), confidence: input.confidence)
  }
}
