extension Grade {
  /// Seeds that grade A asks for.
  package static let seedsForA = 8

  /// The grade of a comparison: what the box prints.
  ///
  /// A asks for everything of `conduct` and a decided outcome; B is the same with 6 or 7 seeds or
  /// without a beaten control; anything else is C. An undecided outcome is C here, however well it
  /// was obtained; `conduct` keeps that apart.
  static func evidence(
    _ checklist: Checklist, pairs: Int, voidReasons: [VoidReason]
  ) -> Grade {
    let grade = conduct(checklist, pairs: pairs, voidReasons: voidReasons)
    switch grade {
    case .a, .b: break
    case .c, .void: return grade
    }
    guard checklist.passes(.intervalAndSignFlip) else { return .c }
    return pairs >= seedsForA && checklist.passes(.matchedControl) ? .a : .b
  }

  /// The grade of the way it was done, whatever came out.
  static func conduct(
    _ checklist: Checklist, pairs: Int, voidReasons: [VoidReason]
  ) -> Grade {
    guard voidReasons.isEmpty else { return .void }
    let needed: [CheckItem] = [
      .pairedSeeds, .sameStart, .declaredBudget, .equalSweep, .freshSeeds, .noLiveChange,
      .identicalRepeat, .insideGrid,
    ]
    guard needed.allSatisfy(checklist.passes) else { return .c }
    return pairs >= seedsForA && checklist.status(.matchedControl) != .missing ? .a : .b
  }
}

extension Claim {
  /// The word for an outcome: at grade C of conduct nothing is better, it only looks lower here.
  static func word(
    outcome: Outcome, conduct: Grade, interval: Interval?, margin: Double, isReady: Bool
  ) -> Claim {
    switch conduct {
    case .void: return .void
    case .a, .b: return isReady ? plain(outcome) : .pending
    case .c:
      guard isReady else { return .pending }
      guard let interval else { return .inconclusive }
      if interval.isBelow(margin: margin) { return .looksLower }
      if interval.isAbove(margin: margin) { return .looksHigher }
      return outcome == .equivalent ? .looksEquivalent : .inconclusive
    }
  }

  private static func plain(_ outcome: Outcome) -> Claim {
    switch outcome {
    case .better: .better
    case .worse: .worse
    case .equivalent: .equivalent
    case .inconclusive: .inconclusive
    }
  }
}
