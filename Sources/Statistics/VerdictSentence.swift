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
    if subject.rates == reference.rates {
      return "tuned on \(NumberText.count(subject.rates, "lr")) each, "
    }
    return "tuned on \(NumberText.count(subject.rates, "lr")) for \(verdict.subject) and "
      + "\(reference.rates) for \(verdict.reference), "
  }

  private var difference: Double? { verdict.comparison?.mean ?? verdict.unpaired?.welch?.mean }

  private var interval: Interval? {
    verdict.comparison?.tTest?.interval ?? verdict.unpaired?.welch?.interval
  }

  private var digits: Int { NumberText.digits(halfWidth: interval?.halfWidth) }

  private var finding: String {
    guard let difference else {
      return "\(verdict.subject) and \(verdict.reference) share no finished seeds"
    }
    let loss = "\(verdict.subject)'s \(input.setting.loss) "
    let other = "\(verdict.reference)'s"
    if difference == 0 { return loss + "equals \(other) (\(uncertainty))" }
    let direction = difference < 0 ? "lower" : "higher"
    let verb = isLook ? "looks \(direction) here" : "is \(direction)"
    let size = NumberText.fixed(abs(difference), digits: digits)
    return loss + "\(verb) than \(other) by \(size) (\(uncertainty))"
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
    let lower = NumberText.fixed(interval.lower, digits: digits, signed: true)
    let upper = NumberText.fixed(interval.upper, digits: digits, signed: true)
    return "\(level) % CI \(lower)..\(upper), \(seeds)"
  }

  private var judgement: String {
    let margin = NumberText.short(input.margin)
    switch verdict.claim {
    case .better: return ": better, \(support)"
    case .worse: return ": worse, \(support)"
    case .equivalent: return ": equivalent within ±\(margin)"
    case .looksEquivalent: return ": no difference beyond ±\(margin) seen here, exploratory"
    case .inconclusive: return ": inconclusive"
    case .looksLower, .looksHigher: return ": exploratory, no verdict"
    case .pending, .void: return ""
    }
  }

  private var support: String {
    guard let comparison = verdict.comparison, let pValue = verdict.adjustedP else { return "" }
    let holm = verdict.lanes > 1 ? " after Holm over \(verdict.lanes) lanes" : ""
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
      + "will be judged at \(input.setting.budget) steps"
      + (input.stopping == .constantBoundary ? " by the \(SequentialBoundary.name)." : ".")
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
