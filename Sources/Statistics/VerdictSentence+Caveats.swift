extension VerdictSentence {
  /// What a careful reader would add, one sentence each.
  var caveats: [String] {
    [alarm, stepSize, edge, minimum, power, sequential, flips].compactMap { $0 }
  }

  private var alarm: String? {
    input.conduct.isRepeatIdentical == false
      ? "Alarm: a repeated arm was not identical, so the program or the machine is at fault." : nil
  }

  private var stepSize: String? {
    guard isDirectional else { return nil }
    switch verdict.checklist.status(.matchedControl) {
    case .passed: return nil
    case .missing: return "Without a matched control it may be the step size."
    case .failed: return "The matched control does not confirm it: it may be the step size."
    }
  }

  private var isDirectional: Bool {
    switch verdict.claim {
    case .better, .worse, .looksLower, .looksHigher: true
    case .equivalent, .inconclusive, .looksEquivalent, .pending, .void: false
    }
  }

  private var edge: String? {
    verdict.checklist.status(.insideGrid) == .failed
      ? "A best rate lies at the edge of its grid: extend it." : nil
  }

  private var minimum: String? {
    guard let comparison = verdict.comparison, comparison.count < Outcome.minimumSeeds
    else { return nil }
    let least = NumberText.short(comparison.minimumAttainableP)
    return "With \(NumberText.count(comparison.count, "seed")) the sign-flip p cannot fall below "
      + "\(least)."
  }

  private var power: String? {
    guard verdict.claim == .inconclusive, let hint = verdict.power else { return nil }
    let wanted = NumberText.short(hint.difference)
    let beyond = hint.margin > 0 ? " beyond ±\(NumberText.short(hint.margin))" : ""
    return "Finding a true difference of \(wanted)\(beyond) at "
      + "\(NumberText.percent(hint.wantedPower)) power takes about \(hint.seeds) seeds."
  }

  private var sequential: String? {
    verdict.stopping == .constantBoundary
      ? "Judged by the \(SequentialBoundary.name)." : nil
  }

  private var flips: String? {
    let flipped = verdict.robustness.filter(\.isFlipped)
    guard isDirectional, !flipped.isEmpty else { return nil }
    let places = flipped.map { "\(NumberText.percent($0.fraction)) of the budget" }
    return "Another outcome at \(places.joined(separator: " and ")) (descriptive)."
  }
}
