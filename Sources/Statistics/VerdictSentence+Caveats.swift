extension VerdictSentence {
  /// What a careful reader would add, one sentence each.
  var caveats: [String] {
    [alarm, edge, stepSize, minimum, power, flips].compactMap { $0 }
  }

  private var alarm: String? {
    input.conduct.isRepeatIdentical == false
      ? "Alarm: a repeat was not identical, so the program or the machine is at fault." : nil
  }

  private var stepSize: String? {
    guard isDirectional else { return nil }
    switch verdict.checklist.status(.matchedControl) {
    case .passed: return nil
    case .missing where input.conduct.isControlDeclined:
      return "The matched control was declined, so it may be the step size."
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
    let places = input.edges.map { "\($0.keys.joined(separator: " and ")) of \($0.arm)" }
    guard !places.isEmpty else { return nil }
    let verb = input.edges.map(\.keys.count).reduce(0, +) > 1 ? "lie" : "lies"
    return "The best \(places.joined(separator: " and ")) \(verb) at the edge of the grid, so "
      + "the true best may lie beyond: extend the grid."
  }

  private var minimum: String? {
    guard let comparison = verdict.comparison, comparison.count < Outcome.minimumSeeds
    else { return nil }
    let least = NumberText.short(comparison.minimumAttainableP)
    if comparison.count == 1 { return "With one seed, luck and merit cannot be told apart." }
    return "With \(NumberText.count(comparison.count, "seed")) the sign-flip p cannot fall below "
      + "\(least)."
  }

  private var power: String? {
    guard verdict.claim == .inconclusive, let hint = verdict.power else { return nil }
    let wanted = NumberText.significant(hint.difference)
    let beyond = hint.margin > 0 ? " beyond ±\(NumberText.significant(hint.margin))" : ""
    return "Finding a true difference of \(wanted)\(beyond) at "
      + "\(NumberText.percent(hint.wantedPower)) power takes about \(hint.seeds) seeds."
  }

  private var flips: String? {
    let flipped = verdict.robustness.filter(\.isFlipped)
    guard isDirectional, !flipped.isEmpty else { return nil }
    let places = flipped.map { "\(NumberText.percent($0.fraction)) of the budget" }
    return "Another outcome at \(places.joined(separator: " and ")) (descriptive)."
  }
}
