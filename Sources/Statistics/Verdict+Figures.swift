extension Verdict {
  /// The numbers behind the word, in the order in which a reader asks for them.
  package var figures: [(name: String, value: String)] {
    var figures: [(name: String, value: String)] = []
    if let comparison { figures += self.figures(comparison) }
    if let welch = unpaired?.welch {
      figures.append(("mean difference", "\(amount(welch.mean)) (seeds not paired)"))
      figures.append(("Welch interval", interval(welch.interval)))
    }
    if let control {
      let mean = control.comparison.map { amount($0.mean) + ", " } ?? ""
      figures.append(
        ("against the control", "\(mean)\(control.outcome.rawValue) (\(control.name))"))
    }
    for point in robustness {
      let flip = point.isFlipped ? ", differs from the end" : ""
      figures.append(
        (
          "at \(NumberText.percent(point.fraction)) of the budget",
          "\(amount(point.meanDifference)), \(point.outcome.rawValue)\(flip) (descriptive)"
        ))
    }
    if let power {
      let share = NumberText.percent(power.promisedPower)
      figures.append(
        (
          "seeds for \(NumberText.short(power.difference))\(lossUnit.suffix)",
          "\(power.seeds), found with \(share) probability"
        ))
    }
    return figures
  }

  private func figures(_ comparison: PairedComparison) -> [(name: String, value: String)] {
    let level = NumberText.short(100 * confidence, digits: 2)
    var figures = [
      ("mean difference", amount(comparison.mean)),
      ("\(level) % interval", interval(comparison.tTest?.interval)),
    ]
    if let ratio = comparison.perplexityRatio, ratio >= 1e-3, ratio <= 1e3 {
      figures.append(("perplexity ratio", NumberText.fixed(ratio, digits: 4)))
    }
    let holm = lanes > 1 ? " after Holm over \(lanes)" : ""
    let pValue = adjustedP ?? comparison.signFlip.pValue
    figures.append(("sign-flip p", NumberText.fixed(pValue, digits: 4) + holm))
    if let test = comparison.tTest, test.pValue.isFinite {
      let isTiny = test.pValue < 5e-5
      figures.append(("paired t p", isTiny ? "< .0001" : NumberText.fixed(test.pValue, digits: 4)))
    }
    if let bootstrap = comparison.bootstrap {
      figures.append(("bootstrap interval", interval(bootstrap)))
    }
    let ties = comparison.ties > 0 ? ", \(NumberText.count(comparison.ties, "tie"))" : ""
    figures.append(("lower on", "\(comparison.wins) of \(comparison.count) seeds\(ties)"))
    figures.append(("practical margin", "±\(NumberText.short(margin))\(lossUnit.suffix)"))
    return figures
  }

  private func amount(_ value: Double) -> String {
    NumberText.fixed(value, digits: 4, signed: true) + lossUnit.suffix
  }

  private func interval(_ interval: Interval?) -> String {
    guard let interval else { return "none" }
    return NumberText.fixed(interval.lower, digits: 4, signed: true) + ".."
      + NumberText.fixed(interval.upper, digits: 4, signed: true)
  }
}

extension CheckStatus {
  /// A mark that needs no colour.
  package var mark: String {
    switch self {
    case .passed: "x"
    case .failed: "!"
    case .missing: " "
    }
  }
}

extension Claim {
  /// The claim as headings and boxes say it.
  package var words: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .equivalent: "equivalent"
    case .inconclusive: "inconclusive"
    case .looksLower: "looks lower here"
    case .looksHigher: "looks higher here"
    case .looksEquivalent: "looks the same here"
    case .pending: "not finished"
    case .void: "no verdict"
    }
  }
}
