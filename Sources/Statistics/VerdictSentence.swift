/// The verdict in words, written from the numbers alone.
struct VerdictSentence {
  static let ending = "Nothing here speaks about larger models."

  let input: ComparisonInput
  let verdict: Verdict

  var text: String {
    let body =
      switch verdict.claim {
      case .pending: [pending]
      case .void: [void]
      case .better, .worse, .equivalent, .inconclusive, .looksLower, .looksHigher,
        .looksEquivalent:
        [setting + finding + judgement + "."] + caveats
      }
    return (body + [Self.ending]).joined(separator: " ")
  }

  private var setting: String {
    "On this \(input.setting.model) and \(input.setting.data), at \(input.setting.budget) steps, "
      + tuning
  }

  private var tuning: String {
    guard let subject = input.conduct.subjectSweep, let reference = input.conduct.referenceSweep
    else { return "not tuned for both, " }
    if subject.cells == reference.cells, subject.grid == reference.grid {
      return "tuned on \(cells(subject)) each, "
    }
    return "tuned on \(cells(subject)) for \(verdict.subject) and "
      + "\(cells(reference)) for \(verdict.reference), "
  }

  /// `15 cells (lr=1e-4..1e-2:5 on 3 seeds)`.
  private func cells(_ sweep: SweepRecord) -> String {
    let grid = sweep.grid.isEmpty ? NumberText.count(sweep.rates, "point") : sweep.grid
    return NumberText.count(sweep.cells, "cell")
      + " (\(grid) on \(NumberText.count(sweep.seedsPerRate, "seed")))"
  }

  private var difference: Double? { verdict.comparison?.mean ?? verdict.unpaired?.welch?.mean }

  private var interval: Interval? {
    verdict.comparison?.tTest?.interval ?? verdict.unpaired?.welch?.interval
  }

  private var numbers: LossNumbers { LossNumbers(interval) }

  private var finding: String {
    guard let difference else {
      return "\(verdict.subject) and \(verdict.reference) share no finished seeds"
    }
    let loss = "\(verdict.subject)'s \(input.setting.loss) "
    let other = "\(verdict.reference)'s"
    let amount = numbers.text(difference, signed: true)
    if amount == "0" { return loss + "equals \(other) to the digits shown (\(uncertainty))" }
    let direction = difference < 0 ? "lower" : "higher"
    let verb = isLook ? "looks \(direction) here" : "is \(direction)"
    return loss + "\(verb) than \(other), difference \(amount) (\(uncertainty))"
  }

  private var isLook: Bool {
    switch verdict.claim {
    case .looksLower, .looksHigher: true
    case .better, .worse, .equivalent, .inconclusive, .looksEquivalent, .pending, .void: false
    }
  }

  private var uncertainty: String {
    let seeds =
      verdict.comparison.map { NumberText.count($0.count, "seed") }
      ?? verdict.unpaired.map { "\($0.subjectSeeds) and \($0.referenceSeeds) unpaired seeds" }
      ?? "no seeds"
    guard let interval else { return "no interval, " + seeds }
    let level = NumberText.short(100 * verdict.confidence, digits: 2)
    let spread =
      verdict.comparison?.standardDeviation.map {
        "sd \(numbers.text($0)) over "
      } ?? ""
    return "\(level) % CI \(numbers.text(interval)), \(spread)\(seeds)"
  }

  private var judgement: String {
    let margin = "±\(NumberText.significant(input.margin))"
    let ofWhat = input.marginBasis == .shareOfReference ? " (5 % of the reference's loss)" : ""
    switch verdict.claim {
    case .better: return ": better, \(support)"
    case .worse: return ": worse, \(support)"
    case .equivalent: return ": equivalent within \(margin)\(ofWhat)"
    case .looksEquivalent:
      return ": no difference beyond \(margin)\(ofWhat) seen here, \(reserve)"
    case .inconclusive: return ": " + verdict.words
    case .looksLower, .looksHigher: return ": \(reserve), no verdict"
    case .pending, .void: return ""
    }
  }

  private var reserve: String { verdict.untuned.isEmpty ? "exploratory" : "not tuned" }

  private var support: String {
    guard let comparison = verdict.comparison, let pValue = verdict.adjustedP else { return "" }
    let holm = verdict.lanes > 1 ? " after Holm over \(verdict.lanes) comparisons" : ""
    return perplexity(comparison) + "sign-flip \(NumberText.pValue(pValue))\(holm), "
      + "lower on \(comparison.wins) of \(comparison.count) seeds"
  }

  /// Nothing where the loss is no mean of log probabilities, or the ratio no number to read.
  private func perplexity(_ comparison: PairedComparison) -> String {
    guard let ratio = comparison.perplexityRatio, ratio >= 1e-3, ratio <= 1e3 else { return "" }
    return "perplexity ratio \(NumberText.fixed(ratio, digits: 3)), "
  }

  /// Where the slowest run is; the budget when only further seeds are missing.
  private var reachedStep: Int {
    let runs = input.subject.runs + input.reference.runs
    return runs.filter { !$0.isDiverged }.map(\.finalStep).min() ?? 0
  }

  private var pending: String {
    "As of step \(reachedStep), \(verdict.finishedSeeds) of "
      + "\(NumberText.count(verdict.declaredSeeds, "seed")) have finished; "
      + "will be judged at \(input.setting.budget) steps."
  }

  private var void: String {
    var text = "No verdict: "
    text += verdict.voidReasons.map(\.words).joined(separator: ", ") + "."
    guard verdict.voidReasons.contains(.divergence) else { return text }
    return text + " \(share(verdict.subject, verdict.subjectLosses)); "
      + "\(share(verdict.reference, verdict.referenceLosses)); diverged counts as worst rank."
  }

  private func share(_ name: String, _ losses: RankedLosses) -> String {
    let median = losses.median.map { NumberText.fixed($0, digits: 3) } ?? "diverged"
    return "\(name): \(losses.diverged) of \(NumberText.count(losses.seeds, "seed")) diverged "
      + "(\(NumberText.percent(losses.divergedShare))), median \(median)"
  }
}
