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

  /// What `records` of one arm and seed come to, in the order they were written; the closing record
  /// repeats an evaluation, and an unfinished run has reached its last one.
  package init(seed: UInt64, records: [EvaluationRecord]) {
    let last = records.last
    let diverged = records.compactMap(\.diverged).first
    self.init(
      seed: seed, finalLoss: last?.validationLoss, finalStep: diverged ?? last?.step ?? 0,
      divergedAt: diverged,
      trajectory: records.filter { $0.final != true }.map {
        EvaluationPoint(
          step: $0.step, tokens: $0.tokens, cpuSeconds: $0.cpuSeconds,
          validationLoss: $0.validationLoss)
      })
  }

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
