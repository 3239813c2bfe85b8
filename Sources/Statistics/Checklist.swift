/// One thing a comparison that would survive review has done.
package enum CheckItem: String, Codable, Sendable, CaseIterable {
  case pairedSeeds, sameStart, declaredBudget, equalSweep, insideGrid, freshSeeds, noLiveChange
  case identicalRepeat, matchedControl, intervalAndSignFlip, costCounted

  package var title: String {
    switch self {
    case .pairedSeeds: "at least 6 paired seeds"
    case .sameStart: "same initial weights and data within a seed"
    case .declaredBudget: "budget and seeds declared beforehand, judged at their end"
    case .equalSweep: "learning rate swept equally for both"
    case .insideGrid: "best rate not at the edge of its grid"
    case .freshSeeds: "judged on fresh seeds"
    case .noLiveChange: "no live change and no fork"
    case .identicalRepeat: "A/A identical bit for bit"
    case .matchedControl: "the matched-step control is beaten too"
    case .intervalAndSignFlip: "interval beyond the margin and sign-flip p < .05 after Holm"
    case .costCounted: "cost counted"
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
    case .equalSweep: return equalSweep(conduct)
    case .insideGrid: return insideGrid(input)
    case .freshSeeds: return freshSeeds(conduct, findings)
    case .noLiveChange:
      return judge(
        conduct.liveChanges == 0 && conduct.forks == 0,
        "\(conduct.liveChanges) live changes, \(conduct.forks) forks")
    case .identicalRepeat:
      guard let isIdentical = conduct.isRepeatIdentical else { return (.missing, "A/A not run") }
      return judge(isIdentical, isIdentical ? "identical" : "ALARM: a repeated arm differs")
    case .matchedControl: return matchedControl(input, findings)
    case .intervalAndSignFlip:
      return judge(findings.outcome.isDecided, findings.outcome.rawValue)
    case .costCounted:
      return conduct.isCostCounted ? (.passed, "CPU time shown") : (.missing, "no cost recorded")
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
    return switch input.stopping {
    case .declaredBudget: (.passed, "judged once, at " + budget)
    case .constantBoundary: (.passed, "judged at \(budget) by the " + SequentialBoundary.name)
    }
  }

  private static func equalSweep(_ conduct: Conduct) -> Finding {
    guard let subject = conduct.subjectSweep, let reference = conduct.referenceSweep else {
      return (.missing, "not swept for both")
    }
    let isEqual = subject.hasSameBudget(as: reference) && subject.rates > 1
    return judge(isEqual, "\(subject.rates) and \(reference.rates) rates")
  }

  private static func insideGrid(_ input: ComparisonInput) -> Finding {
    guard let subject = input.conduct.subjectSweep, let reference = input.conduct.referenceSweep
    else { return (.missing, "no sweep") }
    var edged: [String] = []
    if subject.isBestAtEdge { edged.append(input.subject.name) }
    if reference.isBestAtEdge { edged.append(input.reference.name) }
    return judge(
      edged.isEmpty,
      edged.isEmpty ? "inside" : "best at edge, extend: " + edged.joined(separator: ", "))
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
      return (.missing, "no control lane")
    }
    let isConfirmed = outcome.isDecided && outcome == findings.outcome
    return judge(isConfirmed, "against \(control.name): \(outcome.rawValue)")
  }
}
