import Charts
import Export
import RunModel
import Statistics

/// A verdict in words and tables.
package struct VerdictText {
  package var verdict: Verdict

  package init(_ verdict: Verdict) { self.verdict = verdict }

  package var title: String { "\(verdict.subject) against \(verdict.reference)" }

  /// Grade, figures, checklist and sentence for a terminal.
  package var plain: String {
    var lines = ["\(title): grade \(verdict.grade.rawValue), \(verdict.claim.words)"]
    lines += figures.map { name, value in
      "  " + name + String(repeating: " ", count: max(1, 24 - name.count)) + value
    }
    lines += verdict.checklist.checks.map { "  [\($0.status.mark)] \($0.item.title): \($0.detail)" }
    return (lines + [verdict.sentence]).joined(separator: "\n") + "\n"
  }

  package var markdown: String {
    let rows = figures.map { [$0.name, $0.value] }
    let figureTable = SummaryTable(
      caption: "", columns: [.init("figure", .left), .init("value", .left)], rows: rows)
    return """
      ## \(title)

      **Grade \(verdict.grade.rawValue)**, \(verdict.claim.words)

      \(verdict.sentence)

      \(figureTable.markdown)
      \(checklist.markdown)
      """
  }

  package var checklist: SummaryTable {
    SummaryTable(
      caption: "",
      columns: [.init("", .left), .init("check", .left), .init("found", .left)],
      rows: verdict.checklist.checks.map { [$0.status.mark, $0.item.title, $0.detail] })
  }

  /// The numbers behind the word, in the order in which a reader asks for them.
  package var figures: [(name: String, value: String)] {
    var figures: [(name: String, value: String)] = []
    if let comparison = verdict.comparison { figures += Self.figures(comparison, verdict) }
    if let welch = verdict.unpaired?.welch {
      figures.append(("mean difference", "\(Self.nats(welch.mean)) (seeds not paired)"))
      figures.append(("Welch interval", Self.interval(welch.interval)))
    }
    if let control = verdict.control {
      let mean = control.comparison.map { Self.nats($0.mean) + ", " } ?? ""
      figures.append(
        ("against the control", "\(mean)\(control.outcome.rawValue) (\(control.name))"))
    }
    for point in verdict.robustness {
      let flip = point.isFlipped ? ", differs from the end" : ""
      figures.append(
        (
          "at \(NumberText.percent(point.fraction)) of the budget",
          "\(Self.nats(point.meanDifference)), \(point.outcome.rawValue)\(flip) (descriptive)"
        ))
    }
    if let power = verdict.power {
      let share = NumberText.percent(power.promisedPower)
      figures.append(
        (
          "seeds for \(NumberText.short(power.difference)) nats",
          "\(power.seeds), found with \(share) probability"
        ))
    }
    return figures
  }

  private static func figures(
    _ comparison: PairedComparison, _ verdict: Verdict
  ) -> [(name: String, value: String)] {
    let level = NumberText.short(100 * verdict.confidence, digits: 2)
    var figures = [
      ("mean difference", nats(comparison.mean)),
      ("\(level) % interval", interval(comparison.tTest?.interval)),
      ("perplexity ratio", NumberText.fixed(comparison.perplexityRatio, digits: 4)),
    ]
    let holm = verdict.lanes > 1 ? " after Holm over \(verdict.lanes)" : ""
    let pValue = verdict.adjustedP ?? comparison.signFlip.pValue
    figures.append(("sign-flip p", NumberText.fixed(pValue, digits: 4) + holm))
    if let test = comparison.tTest, test.pValue.isFinite {
      figures.append(("paired t p", NumberText.fixed(test.pValue, digits: 4)))
    }
    if let bootstrap = comparison.bootstrap {
      figures.append(("bootstrap interval", interval(bootstrap)))
    }
    let ties = comparison.ties > 0 ? ", \(NumberText.count(comparison.ties, "tie"))" : ""
    figures.append(("lower on", "\(comparison.wins) of \(comparison.count) seeds\(ties)"))
    figures.append(("practical margin", "±\(NumberText.short(verdict.margin)) nats"))
    return figures
  }

  private static func nats(_ value: Double) -> String {
    NumberText.fixed(value, digits: 4, signed: true) + " nats"
  }

  private static func interval(_ interval: Interval?) -> String {
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
