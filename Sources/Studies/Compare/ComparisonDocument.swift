import Foundation
import RunModel
import Statistics

/// The form of `compare`'s answer.
package enum ComparisonFormat: String, CaseIterable, Sendable {
  case plain, json, markdown
}

/// What `compare` answers.
///
/// As JSON, members sorted by name, absent where they do not apply:
/// - `version`: 1; raised when a member changes its meaning or goes away;
/// - `directories`: as given;
/// - `setting`: `model`, `data`, `loss`, `budget` (steps), `declaredSeeds`;
/// - `arms`: per arm `name`, `seeds`, `diverged`, `finalLosses` (null for a diverged seed) and
///   `cost`: `cpuSecondsPerStep`, `stateBytes` of the optimizer, and median steps, tokens and CPU seconds to the target, which is
///   the mean final loss of the first reference; `misses` counts the seeds that never got there;
/// - `verdicts`: per comparison `subject`, `reference`, `outcome`, `claim`, `grade`, `comparison`
///   (`mean`, `tTest`, `signFlip`, `wins`, `perplexityRatio`, ...), `adjustedP`, `control`,
///   `checklist`, `robustness`, `power`, `voidReasons`, `sentence`. Losses are nats per token,
///   differences subject minus reference.
package struct ComparisonDocument: Codable, Sendable, Equatable {
  package struct Arm: Codable, Sendable, Equatable {
    package var name: String
    package var seeds: [UInt64]
    package var diverged: Int
    package var finalLosses: [Double?]
    package var cost: Cost
  }

  package struct Cost: Codable, Sendable, Equatable {
    package var cpuSecondsPerStep: Double?
    /// Bytes of optimizer state; nil where the data to size it by are gone.
    package var stateBytes: Int?
    package var target: Double?
    package var misses: Int?
    package var medianSteps: Double?
    package var medianTokens: Double?
    package var medianCPUSeconds: Double?
  }

  package var version = 1
  package var directories: [String]
  package var setting: ComparisonSetting?
  package var arms: [Arm]
  package var verdicts: [Verdict]

  /// What an arm keeps beside its weights; the executable knows optimizers and layouts.
  package typealias StateBytes = (ArmSpecification) -> Int?

  package init(
    directories: [String], arms: [JudgedArm], inputs: [ComparisonInput],
    stateBytes: StateBytes = { _ in nil }
  ) {
    self.directories = directories
    setting = inputs.first?.setting
    verdicts = Verdict.judge(inputs)
    let target = inputs.first.flatMap { RankedLosses($0.reference.runs.map(\.finalLoss)).mean }
    self.arms = arms.map { Arm($0, target: target, stateBytes: stateBytes($0.arm)) }
  }

  package func text(_ format: ComparisonFormat) throws -> String {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    case .plain:
      return verdicts.map { VerdictText($0).plain }.joined(separator: "\n") + "\n"
        + costTable.markdown
    case .markdown:
      return verdicts.map { VerdictText($0).markdown }.joined(separator: "\n") + "\n"
        + costTable.markdown
    }
  }
}

extension ComparisonDocument.Arm {
  init(_ arm: JudgedArm, target: Double?, stateBytes: Int?) {
    self.init(
      name: arm.lane.name, seeds: arm.runs.map(\.seed),
      diverged: arm.runs.count { $0.isDiverged }, finalLosses: arm.runs.map(\.finalLoss),
      cost: ComparisonDocument.Cost(arm.runs, target: target, stateBytes: stateBytes))
  }
}

extension ComparisonDocument.Cost {
  init(_ runs: [SeedRun], target: Double?, stateBytes: Int?) {
    let rates = runs.compactMap { run -> Double? in
      guard let last = run.trajectory.last, last.step > 0, last.cpuSeconds > 0 else { return nil }
      return last.cpuSeconds / Double(last.step)
    }
    let cost = rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    let time = target.map { TimeToTarget(target: $0, runs: runs) }
    self.init(
      cpuSecondsPerStep: cost, stateBytes: stateBytes, target: target, misses: time?.misses,
      medianSteps: time?.medianSteps, medianTokens: time?.medianTokens,
      // Without recorded times a reached target would seem to have cost nothing.
      medianCPUSeconds: cost == nil ? nil : time?.medianCPUSeconds)
  }
}
