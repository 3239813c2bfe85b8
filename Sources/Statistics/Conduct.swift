/// How an arm's settings were chosen before it was judged.
package struct SweepRecord: Codable, Sendable, Equatable {
  /// Points of the grid that the arm was entitled to, extensions included.
  package var rates: Int
  package var seedsPerRate: Int
  package var steps: Int
  /// What was searched, in the form of `--grid`.
  package var grid: String
  /// The swept keys whose best value is the first or last of several tried: it may lie beyond.
  package var edgeKeys: [String]

  package init(
    rates: Int, seedsPerRate: Int, steps: Int, grid: String = "", edgeKeys: [String] = []
  ) {
    (self.rates, self.seedsPerRate, self.steps) = (rates, seedsPerRate, steps)
    (self.grid, self.edgeKeys) = (grid, edgeKeys)
  }

  /// Training runs that chose the settings.
  package var cells: Int { rates * seedsPerRate }

  /// Whether both arms were given the same number of trials of the same length.
  package func hasSameBudget(as other: SweepRecord) -> Bool {
    rates == other.rates && seedsPerRate == other.seedsPerRate && steps == other.steps
  }
}

/// When a comparison may be judged.
package enum StoppingRule: String, Codable, Sendable, CaseIterable {
  /// Once, when every declared seed has reached the declared step.
  case declaredBudget
}

/// How the experiment was run, as far as its records show.
///
/// Sameness holds unless a record says otherwise; everything else counts as not done until recorded.
package struct Conduct: Codable, Sendable, Equatable {
  package var isDeclaredBeforehand = false
  package var hasSameData = true
  /// Nil when nothing was evaluated before the first step, so that nobody knows.
  package var hasSameInitialization: Bool? = true
  package var hasSameBudget = true
  package var hasSameModel = true
  package var hasSameEvaluation = true
  package var subjectSweep: SweepRecord?
  package var referenceSweep: SweepRecord?
  package var controlSweep: SweepRecord?
  package var tuningSeeds: [UInt64] = []
  /// Changes of settings while it trained; an undone one does not count.
  package var liveChanges = 0
  /// Branches at which a setting was changed; one without a change does not count.
  package var forks = 0
  /// Arms and seeds added after results had been seen.
  package var lateAdditions = 0
  /// Whether an arm run twice was bit-identical; nil when nobody tried.
  package var isRepeatIdentical: Bool?
  /// Whether the matched control was left out on purpose.
  package var isControlDeclined = false

  package init() {}
}
