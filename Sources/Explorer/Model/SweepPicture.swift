import Charts
import RunModel
import Statistics

/// What the explorer asks of whoever runs sweeps.
package enum SweepOrder: Sendable, Hashable {
  case start(SweepRequest)
  /// Work on the sweep in a directory beside whoever does already; nil is the newest one kept.
  case join(directory: String?)
  /// Only look at it.
  case watch(directory: String?)
  /// Begin one like it whose grid goes on outward by so many points where a best value lies at the
  /// edge; what is done of it is taken over.
  case extend(directory: String, by: Int)
  case pause, goOn
  /// End the cells under way; the finished ones stay in the directory.
  case stop
}

/// A sweep as declared in the form or on the command line.
package struct SweepRequest: Sendable, Hashable {
  package var configuration: RunConfiguration
  /// Each `KEY=LOW..HIGH:COUNT[:log|linear]`, as for `sweep --grid`.
  package var grids: [String]
  package var tuningSeeds = 3
  package var judgingSeeds = 8
  package var margin = Margin.usual
  /// Points that an arm whose best lies at the edge may be given outward.
  package var extending = 0
  /// Whether masked arms get their matched controls.
  package var hasControl = true
  /// nil: a new one among the user's files.
  package var directory: String?

  package init(configuration: RunConfiguration, grids: [String]) {
    (self.configuration, self.grids) = (configuration, grids)
  }
}

/// How a sweep stands: everything the Sweep screen shows, ready-made by whoever runs it.
package struct SweepPicture: Sendable {
  package enum Stage: Sendable, Hashable {
    case preparing, tuning, judging, finished, stopped
    case failed(String)
  }

  /// An arm's best value and what is near it.
  package struct Arm: Sendable, Hashable {
    package var letter: Character
    package var name: String
    /// `lr=1e-3`; nil until a cell is finished, or when all diverged.
    package var best: String?
    package var bestLoss: Double?
    /// The value that `best` writes, where one key is swept.
    package var bestValue: Double?
    /// `3e-4..3e-3 (x10)`: where the loss stays within .05 nats of the best.
    package var range: String
    package var divergedShare: Double
    /// The swept keys whose best value is the first or last tried.
    package var edgeKeys: [String]

    package init(
      letter: Character, name: String, best: String? = nil, bestLoss: Double? = nil,
      range: String = "-", divergedShare: Double = 0, edgeKeys: [String] = []
    ) {
      (self.letter, self.name, self.best, self.bestLoss) = (letter, name, best, bestLoss)
      (self.range, self.divergedShare, self.edgeKeys) = (range, divergedShare, edgeKeys)
    }
  }

  /// What a judged arm costs.
  package struct Cost: Sendable, Hashable {
    package var name: String
    package var millisecondsPerStep: Double?
    package var stateBytes: Int?
    /// Median steps and CPU seconds to the reference's final loss; nil when most seeds missed it.
    package var stepsToTarget: Double?
    package var secondsToTarget: Double?

    package init(
      name: String, millisecondsPerStep: Double?, stateBytes: Int?, stepsToTarget: Double?,
      secondsToTarget: Double?
    ) {
      (self.name, self.millisecondsPerStep) = (name, millisecondsPerStep)
      (self.stateBytes, self.stepsToTarget) = (stateBytes, stepsToTarget)
      self.secondsToTarget = secondsToTarget
    }
  }

  package var stage = Stage.preparing
  package var isPaused = false
  /// Whether this process only looks on.
  package var isWatched = false
  package var directory = ""
  package var grids: [String] = []
  package var steps = 0
  package var tuningSeeds = 0
  package var judgingSeeds = 0
  /// Cells of both phases.
  package var done = 0
  package var total = 0
  package var cellsPerMinute: Double?
  package var secondsLeft: Double?
  /// Cells that ended all their owners, and cells whose owners are gone.
  package var failed = 0
  package var abandoned = 0
  /// Processes at work, and the hosts they are on.
  package var workers = 0
  package var hosts = 0
  /// Two workers got different results for one cell.
  package var alarm: String?
  /// What it was thought to take before it began.
  package var estimate = ""
  /// Whether the controls were left out on purpose.
  package var hasNoControl = false
  /// The cells under way and who trains them: `node7 pid 12: m lr=1e-3 seed 2, 45 %`.
  package var running: [String] = []
  package var arms: [Arm] = []
  /// Final loss against the swept value; nil when several keys are swept.
  package var chart: SweepChart?
  package var verdicts: [Verdict] = []
  /// CPU hours of all cells, apart from the verdicts.
  package var costLine = ""
  /// In the order of the judged arms.
  package var costs: [Cost] = []

  package init() {}

  /// Whether cells are still to come and somebody is at them.
  package var isUnderWay: Bool {
    switch stage {
    case .preparing, .tuning, .judging: true
    case .finished, .stopped, .failed: false
    }
  }
}
