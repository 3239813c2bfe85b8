import RunModel

/// A verdict laid out once, for every place that shows one.
///
/// `compare`, the report, the explorer and sweeps print these lines and no others; a terminal only
/// wraps and colours them. What depends on measured time is no part of it.
package struct VerdictText: Sendable, Equatable {
  package enum Line: Sendable, Equatable {
    case heading(String)
    case sentence(String)
    case figure(name: String, value: String)
    case check(Check)

    /// The line as plain text.
    package var text: String {
      switch self {
      case .heading(let text), .sentence(let text): text
      case .figure(let name, let value):
        "  " + name + String(repeating: " ", count: max(2, 26 - name.count)) + value
      case .check(let check): "  [\(check.status.mark)] \(check.item.title): \(check.detail)"
      }
    }
  }

  package var title: String
  package var lines: [Line]

  package init(_ verdict: Verdict) {
    title = "\(verdict.subject) against \(verdict.reference)"
    lines =
      [.heading("\(title): \(verdict.words), grade \(verdict.grade.rawValue)")]
      + [.sentence(verdict.sentence)]
      + verdict.figures.map { .figure(name: $0.name, value: $0.value) }
      + verdict.checklist.checks.map(Line.check)
  }

  package var plain: String {
    lines.map(\.text).joined(separator: "\n") + "\n"
  }
}

extension Verdict {
  /// The numbers behind the word, in the order in which a reader asks for them.
  package var figures: [(name: String, value: String)] {
    (comparison.map(figures) ?? []) + unpairedFigures + controlFigures + stepFigures
      + robustness.map(figure) + (power.map { [figure($0)] } ?? [])
  }

  private func figures(_ comparison: PairedComparison) -> [(name: String, value: String)] {
    let level = NumberText.short(100 * confidence, digits: 2)
    var figures = [
      ("mean difference", amount(comparison.mean)),
      ("\(level) % interval", interval(comparison.tTest?.interval)),
    ]
    if let spread = spread(comparison) { figures.append(("sd over seeds", spread)) }
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
    figures.append(("practical margin", marginWords))
    return figures
  }

  /// `differences .0093, magma(adam) .0210, adam .0180`: pairing pays where the first is smallest.
  private func spread(_ comparison: PairedComparison) -> String? {
    guard let differences = comparison.standardDeviation,
      let subject = subjectLosses.standardDeviation,
      let reference = referenceLosses.standardDeviation
    else { return nil }
    return "differences \(number(differences)), \(self.subject) \(number(subject)), "
      + "\(self.reference) \(number(reference))"
  }

  /// `±.01 nats`, and what it rests on where that is not the custom.
  var marginWords: String {
    let amount = "±\(NumberText.significant(margin))\(lossUnit.suffix)"
    return switch marginBasis {
    case .nats: amount
    case .shareOfReference:
      amount + " (\(NumberText.percent(Margin.usualShare)) of the reference's median final loss)"
    case .given: amount + " (given)"
    }
  }

  private var unpairedFigures: [(name: String, value: String)] {
    guard let welch = unpaired?.welch else { return [] }
    return [
      ("mean difference", "\(amount(welch.mean)) (seeds not paired)"),
      ("Welch interval", interval(welch.interval)),
    ]
  }

  private var controlFigures: [(name: String, value: String)] {
    guard let control else { return [] }
    let mean = control.comparison.map { amount($0.mean) + ", " } ?? ""
    return [("against the control", "\(mean)\(control.outcome.rawValue) (\(control.name))")]
  }

  private var stepFigures: [(name: String, value: String)] {
    var figures: [(name: String, value: String)] = []
    if let steps = stepsToTarget {
      let median = steps.median.map { NumberText.short($0, digits: 1) } ?? "never"
      figures.append(
        (
          "steps to reference loss",
          "\(median) of \(steps.budget) (median), \(steps.misses) of "
            + "\(NumberText.count(steps.seeds, "seed")) missed \(number(steps.target))"
        ))
    }
    if let exchange {
      let count = exchange.stepsForDifference
      let share = NumberText.percent(abs(count) / Double(max(stepsToTarget?.budget ?? 1, 1)))
      figures.append(
        (
          "difference in steps",
          NumberText.fixed(count, digits: 0, signed: true) + " of the reference, \(share) of the "
            + "budget (at \(NumberText.significant(100 * exchange.lossPerStep))\(lossUnit.suffix) "
            + "per 100 steps, its last quarter)"
        ))
    }
    return figures
  }

  private func figure(_ point: RobustnessPoint) -> (name: String, value: String) {
    let flip = point.isFlipped ? ", differs from the end" : ""
    return (
      "at \(NumberText.percent(point.fraction)) of the budget",
      "\(amount(point.meanDifference)), \(point.outcome.rawValue)\(flip) (descriptive)"
    )
  }

  private func figure(_ power: PowerHint) -> (name: String, value: String) {
    (
      "seeds to detect \(NumberText.significant(power.difference))\(lossUnit.suffix) with "
        + "\(NumberText.percent(power.wantedPower)) power", "\(power.seeds)"
    )
  }

  private var numbers: LossNumbers {
    LossNumbers(
      comparison?.tTest?.interval ?? unpaired?.welch?.interval, leastDigits: 4)
  }

  private func number(_ value: Double) -> String { numbers.text(value) }

  private func amount(_ value: Double) -> String {
    numbers.text(value, signed: true) + lossUnit.suffix
  }

  private func interval(_ interval: Interval?) -> String {
    interval.map(numbers.text) ?? "none"
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
  /// The claim as headings and boxes say it; what was not tuned says so.
  package func words(isTuned: Bool) -> String {
    let here = isTuned ? " here" : ", not tuned"
    return switch self {
    case .better: "better"
    case .worse: "worse"
    case .equivalent: "equivalent"
    case .inconclusive: isTuned ? "inconclusive" : "inconclusive, not tuned"
    case .looksLower: "looks lower" + here
    case .looksHigher: "looks higher" + here
    case .looksEquivalent: "looks the same" + here
    case .pending: "not finished"
    case .void: "no verdict"
    }
  }
}
