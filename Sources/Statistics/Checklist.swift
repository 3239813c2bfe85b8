/// One thing a comparison that would survive review has done.
package enum CheckItem: String, Codable, Sendable, CaseIterable {
  case pairedSeeds, sameStart, declaredBudget, equalSweep, insideGrid, freshSeeds, noLiveChange
  case identicalRepeat, matchedControl, intervalAndSignFlip

  package var title: String {
    switch self {
    case .pairedSeeds: "at least 6 paired seeds"
    case .sameStart: "same initial weights and data within a seed"
    case .declaredBudget: "budget and seeds declared beforehand, judged at their end"
    case .equalSweep: "swept equally for both"
    case .insideGrid: "best value not at the edge of its grid"
    case .freshSeeds: "judged on fresh seeds"
    case .noLiveChange: "no live change, no fork with a change, nothing added after seeing"
    case .identicalRepeat: "a repeat reproduces it bit for bit"
    case .matchedControl: "the matched-step control is beaten too"
    case .intervalAndSignFlip: "interval beyond the margin and sign-flip p < .05 after Holm"
    }
  }
}

package enum CheckStatus: String, Codable, Sendable, CaseIterable {
  case passed, failed
  /// Nobody did it, or nothing recorded it.
  case missing
}

/// A check with what was found.
package struct Check: Codable, Sendable, Equatable {
  package var item: CheckItem
  package var status: CheckStatus
  package var detail: String
}

/// All checks, in the order in which a reader asks for them.
package struct Checklist: Codable, Sendable, Equatable {
  package var checks: [Check]

  package func status(_ item: CheckItem) -> CheckStatus {
    checks.first { $0.item == item }?.status ?? .missing
  }

  package func passes(_ item: CheckItem) -> Bool { status(item) == .passed }
}

/// What the checks look at besides the input.
struct CheckFindings {
  var pairs: Int
  var isPaired: Bool
  var isReady: Bool
  var judgedSeeds: [UInt64]
  var outcome: Outcome
  var controlOutcome: Outcome?
}

extension Checklist {
  init(_ input: ComparisonInput, _ findings: CheckFindings) {
    checks = CheckItem.allCases.map { item in
      let (status, detail) = Self.examine(item, input, findings)
      return Check(item: item, status: status, detail: detail)
    }
  }

  private typealias Finding = (CheckStatus, String)

  private static func examine(
    _ item: CheckItem, _ input: ComparisonInput, _ findings: CheckFindings
  ) -> Finding {
    let conduct = input.conduct
    switch item {
    case .pairedSeeds:
      return judge(
        findings.isPaired && findings.pairs >= Outcome.minimumSeeds,
        findings.isPaired ? NumberText.count(findings.pairs, "paired seed") : "seeds not paired")
    case .sameStart: return sameStart(conduct)
    case .declaredBudget: return declaredBudget(input, findings)
    case .equalSweep: return equalSweep(input)
    case .insideGrid: return insideGrid(input)
    case .freshSeeds: return freshSeeds(conduct, findings)
    case .noLiveChange:
      return judge(
        conduct.liveChanges == 0 && conduct.forks == 0 && conduct.lateAdditions == 0,
        [
          NumberText.count(conduct.liveChanges, "live change"),
          NumberText.count(conduct.forks, "fork"),
          NumberText.count(conduct.lateAdditions, "late addition"),
        ].joined(separator: ", "))
    case .identicalRepeat:
      guard let isIdentical = conduct.isRepeatIdentical else { return (.missing, "not repeated") }
      return judge(isIdentical, isIdentical ? "identical" : "ALARM: a repeat differs")
    case .matchedControl: return matchedControl(input, findings)
    case .intervalAndSignFlip:
      return judge(findings.outcome.isDecided, findings.outcome.rawValue)
    }
  }

  private static func judge(_ isFine: Bool, _ detail: String) -> Finding {
    (isFine ? .passed : .failed, detail)
  }

  private static func sameStart(_ conduct: Conduct) -> Finding {
    var different: [String] = []
    if conduct.hasSameInitialization == false { different.append("initial weights") }
    if !conduct.hasSameData { different.append("data") }
    guard different.isEmpty else {
      return (.failed, "different: " + different.joined(separator: ", "))
    }
    guard conduct.hasSameInitialization == true else {
      return (.missing, "nothing was evaluated before the first step")
    }
    return (.passed, "equal before the first step; batches follow from the seed alone")
  }

  private static func declaredBudget(
    _ input: ComparisonInput, _ findings: CheckFindings
  ) -> Finding {
    guard input.conduct.isDeclaredBeforehand else { return (.missing, "not declared beforehand") }
    let budget = "\(input.setting.budget) steps"
    guard findings.isReady else { return (.failed, "not reached: " + budget) }
    return (.passed, "judged once, at " + budget)
  }

  private static func equalSweep(_ input: ComparisonInput) -> Finding {
    guard let subject = input.conduct.subjectSweep, let reference = input.conduct.referenceSweep
    else {
      return (.missing, "not swept for both")
    }
    let isEqual = subject.hasSameBudget(as: reference) && subject.rates > 1
    return judge(
      isEqual,
      "\(words(subject)) for \(input.subject.name), \(words(reference)) for "
        + input.reference.name)
  }

  /// `7 points of lr=1e-4..1e-1:7 on 3 seeds`.
  private static func words(_ sweep: SweepRecord) -> String {
    let grid = sweep.grid.isEmpty ? "" : " of \(sweep.grid)"
    return NumberText.count(sweep.rates, "point") + grid + " on "
      + NumberText.count(sweep.seedsPerRate, "seed")
  }

  private static func insideGrid(_ input: ComparisonInput) -> Finding {
    guard input.conduct.subjectSweep != nil, input.conduct.referenceSweep != nil
    else { return (.missing, "no sweep") }
    let edged = input.edges.map { "\($0.keys.joined(separator: ", ")) of \($0.arm)" }
    return judge(
      edged.isEmpty,
      edged.isEmpty ? "inside" : "at the edge: " + edged.joined(separator: "; "))
  }

  private static func freshSeeds(_ conduct: Conduct, _ findings: CheckFindings) -> Finding {
    guard !conduct.tuningSeeds.isEmpty else { return (.missing, "no tuning seeds recorded") }
    let reused = findings.judgedSeeds.count { conduct.tuningSeeds.contains($0) }
    return judge(reused == 0, reused == 0 ? "fresh" : NumberText.count(reused, "tuning seed"))
  }

  /// The control has to differ from the subject in the same direction as the reference does.
  private static func matchedControl(
    _ input: ComparisonInput, _ findings: CheckFindings
  ) -> Finding {
    guard let control = input.control, let outcome = findings.controlOutcome else {
      return (.missing, input.conduct.isControlDeclined ? "declined" : "no matched control")
    }
    guard input.conduct.controlSweep?.edgeKeys.isEmpty ?? true else {
      return (.failed, "\(control.name) is at the edge of its grid: not tuned")
    }
    let isConfirmed = outcome.isDecided && outcome == findings.outcome
    return judge(isConfirmed, "against \(control.name): \(outcome.rawValue)")
  }
}

extension ComparisonInput {
  /// The arms whose best value lies at the edge of what was tried, with the keys concerned: whatever
  /// such an arm shows, it is not tuned, and an untuned reference is no reference.
  var edges: [(arm: String, keys: [String])] {
    [(subject.name, conduct.subjectSweep), (reference.name, conduct.referenceSweep)].compactMap {
      name, sweep in
      guard let keys = sweep?.edgeKeys, !keys.isEmpty else { return nil }
      return (name, keys)
    }
  }
}
