/// What the numbers say about a subject against its reference; lower loss is better.
package enum Outcome: String, Codable, Sendable, CaseIterable {
  case better, worse, equivalent, inconclusive

  /// Whether one arm was found to differ from the other.
  package var isDecided: Bool { self == .better || self == .worse }

  /// Fewer seeds than this cannot reach sign-flip p < .05, so nothing is decided on them.
  package static let minimumSeeds = 6
  package static let significance = 0.05

  /// Both the interval and the sign-flip test must agree.
  ///
  /// better / worse: the interval excludes 0 by more than `margin` and the adjusted sign-flip
  /// p is below .05. equivalent: the interval lies inside ± margin. Anything else, and anything on
  /// fewer than 6 seeds, is inconclusive.
  package static func judge(
    interval: Interval?, adjustedP: Double?, seeds: Int, margin: Double
  ) -> Outcome {
    guard seeds >= minimumSeeds, let interval else { return .inconclusive }
    if interval.isBelow(margin: margin) || interval.isAbove(margin: margin) {
      guard let adjustedP, adjustedP < significance else { return .inconclusive }
      return interval.upper < 0 ? .better : .worse
    }
    return interval.isWithin(margin: margin) ? .equivalent : .inconclusive
  }
}

/// The word the box may print, given outcome and grade.
package enum Claim: String, Codable, Sendable, CaseIterable {
  case better, worse, equivalent, inconclusive
  /// Exploratory evidence (grade C) never says better.
  case looksLower, looksHigher, looksEquivalent
  /// The declared budget has not been reached.
  case pending
  case void
}

/// How much a verdict may be trusted.
package enum Grade: String, Codable, Sendable, CaseIterable {
  case a = "A"
  case b = "B"
  case c = "C"
  case void = "Void"
}

/// Why there can be no verdict at all.
package enum VoidReason: String, Codable, Sendable, CaseIterable {
  case data, initialization, budget, model, evaluation, divergence

  /// The end of "the arms differ in …", or the whole reason.
  package var words: String {
    switch self {
    case .data: "the arms differ in data"
    case .initialization: "the arms differ in initial weights"
    case .budget: "the arms differ in budget"
    case .model: "the arms differ in model"
    case .evaluation: "the arms differ in evaluation"
    case .divergence: "an arm diverged"
    }
  }
}
