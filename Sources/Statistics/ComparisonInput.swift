import RunModel

/// One raw evaluation of a run; a nil loss is a diverged one.
package struct EvaluationPoint: Codable, Sendable, Equatable {
  package var step: Int
  package var tokens: Int
  package var cpuSeconds: Double
  /// Nats per token, never smoothed.
  package var validationLoss: Double?

  package init(step: Int, tokens: Int = 0, cpuSeconds: Double = 0, validationLoss: Double?) {
    self.step = step
    self.tokens = tokens
    self.cpuSeconds = cpuSeconds
    self.validationLoss = validationLoss.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// What one arm did on one seed.
package struct SeedRun: Codable, Sendable, Equatable {
  package var seed: UInt64
  /// The last raw validation loss, in nats; nil when the run diverged.
  package var finalLoss: Double?
  /// The step the run has reached.
  package var finalStep: Int
  /// The step at which the loss stopped being finite.
  package var divergedAt: Int?
  package var trajectory: [EvaluationPoint]

  package init(
    seed: UInt64, finalLoss: Double?, finalStep: Int, divergedAt: Int? = nil,
    trajectory: [EvaluationPoint] = []
  ) {
    self.seed = seed
    self.finalLoss = finalLoss.flatMap { $0.isFinite && divergedAt == nil ? $0 : nil }
    self.finalStep = finalStep
    self.divergedAt = divergedAt ?? (self.finalLoss == nil ? finalStep : nil)
    self.trajectory = trajectory
  }

  package var isDiverged: Bool { finalLoss == nil }

  /// Whether the run is over: at the budget, or diverged before it.
  package func isFinished(budget: Int) -> Bool { isDiverged || finalStep >= budget }
}

/// The runs of one arm, one per seed.
package struct ArmResults: Codable, Sendable, Equatable {
  package var name: String
  /// The arm as written, e.g. `magma(adam):lr=1e-3`.
  package var specification: String
  package var runs: [SeedRun]

  package init(name: String, specification: String = "", runs: [SeedRun]) {
    self.name = name
    self.specification = specification
    self.runs = runs
  }

  /// Whether runs of the same arm on the same seeds came out bit for bit the same (A/A).
  ///
  /// - Returns: nil when they share no seed.
  package static func areIdentical(_ first: ArmResults, _ second: ArmResults) -> Bool? {
    let pairs = first.runs.compactMap { run in
      second.runs.first { $0.seed == run.seed }.map { (run, $0) }
    }
    return pairs.isEmpty ? nil : pairs.allSatisfy { $0.hasSameLosses(as: $1) }
  }

  /// Whether all arms report the same loss, bit for bit, before their first step on every seed.
  ///
  /// - Returns: nil when no two arms have such an evaluation.
  package static func startTogether(_ arms: [ArmResults]) -> Bool? {
    var starts: [UInt64: Double] = [:]
    var isCompared = false
    for run in arms.flatMap(\.runs) {
      guard let first = run.trajectory.first, first.step == 0, let loss = first.validationLoss
      else { continue }
      guard let known = starts[run.seed] else {
        starts[run.seed] = loss
        continue
      }
      if known != loss { return false }
      isCompared = true
    }
    return isCompared ? true : nil
  }
}

extension SeedRun {
  /// Whether every raw evaluation and the end are the same bits.
  package func hasSameLosses(as other: SeedRun) -> Bool {
    finalLoss == other.finalLoss && divergedAt == other.divergedAt
      && trajectory.map(\.validationLoss) == other.trajectory.map(\.validationLoss)
  }
}

/// How a learning rate was chosen for an arm.
package struct SweepRecord: Codable, Sendable, Equatable {
  package var rates: Int
  package var seedsPerRate: Int
  package var steps: Int
  package var isBestAtEdge: Bool

  package init(rates: Int, seedsPerRate: Int, steps: Int, isBestAtEdge: Bool) {
    self.rates = rates
    self.seedsPerRate = seedsPerRate
    self.steps = steps
    self.isBestAtEdge = isBestAtEdge
  }

  /// Whether both arms were given the same number of trials of the same length.
  package func hasSameBudget(as other: SweepRecord) -> Bool {
    rates == other.rates && seedsPerRate == other.seedsPerRate && steps == other.steps
  }
}

/// When a comparison may be judged.
package enum StoppingRule: String, Codable, Sendable, CaseIterable {
  /// Once, when every declared seed has reached the declared step.
  case declaredBudget
  /// After each new seed from 3 to 10, at a constant p < .0106 (see `SequentialBoundary`).
  case constantBoundary
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
  package var tuningSeeds: [UInt64] = []
  package var liveChanges = 0
  package var forks = 0
  /// Whether an arm run twice was bit-identical; nil when nobody tried.
  package var isRepeatIdentical: Bool?
  package var isCostCounted = false

  package init() {}
}

/// What was compared, in the words of the sentence.
package struct ComparisonSetting: Codable, Sendable, Equatable {
  /// For example `108k model`.
  package var model: String
  /// For example `tinychars`.
  package var data: String
  package var loss: String
  package var lossUnit: LossUnit
  /// The declared length of every run, in steps.
  package var budget: Int
  package var declaredSeeds: Int

  package init(
    model: String, data: String, loss: String = "val loss", lossUnit: LossUnit = .nats,
    budget: Int, declaredSeeds: Int
  ) {
    self.model = model
    self.data = data
    self.loss = loss
    self.lossUnit = lossUnit
    self.budget = budget
    self.declaredSeeds = declaredSeeds
  }
}

/// Everything a verdict rests on: two arms, perhaps the matched control, and the conduct.
package struct ComparisonInput: Codable, Sendable, Equatable {
  package var setting: ComparisonSetting
  package var subject: ArmResults
  package var reference: ArmResults
  /// Lane c: the reference with the step size matched to the subject's.
  package var control: ArmResults?
  package var conduct: Conduct
  /// Differences inside ± this many nats do not matter in practice.
  package var margin: Double
  package var confidence: Double
  /// The true difference, in nats, that the power hint plans for.
  package var wantedDifference: Double
  package var stopping: StoppingRule

  package init(
    setting: ComparisonSetting, subject: ArmResults, reference: ArmResults,
    control: ArmResults? = nil, conduct: Conduct = Conduct(), margin: Double = 0.01,
    confidence: Double = 0.95, wantedDifference: Double = 0.02,
    stopping: StoppingRule = .declaredBudget
  ) {
    precondition(margin >= 0, "a practical margin is not negative")
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    self.setting = setting
    self.subject = subject
    self.reference = reference
    self.control = control
    self.conduct = conduct
    self.margin = margin
    self.confidence = confidence
    self.wantedDifference = wantedDifference
    self.stopping = stopping
  }
}
