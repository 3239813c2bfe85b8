import Foundation
import Optimizers
import RunModel
import Studies

/// Small configurations, plans and made-up runs for the tests of studies.
enum StudyFixtures {
  static func arm(_ text: String) throws -> ArmSpecification {
    try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(text)
  }

  static func configuration(
    _ arms: [String], steps: Int = 100, seed: UInt64 = 5, seeds: Int = 1, title: String = "Test"
  ) throws -> RunConfiguration {
    RunConfiguration(
      title: title, workload: "quadratic", steps: steps, evaluateEvery: 50, seed: seed,
      seeds: seeds, arms: try arms.map(arm))
  }

  static func plan(
    _ arms: [String] = ["adam", "magma(adam)", "matched(magma(adam))"],
    grids: [String] = ["lr=1e-3..1e-1:3"], tuning: Int = 2, judging: Int = 6
  ) throws -> SweepPlan {
    try SweepPlan(
      configuration: try configuration(arms), axes: try grids.map { try GridAxis(parsing: $0) },
      tuningSeeds: tuning, judgingSeeds: judging, kernels: "test",
      catalog: OptimizerRegistry.catalog)
  }

  /// The loss a made-up run ends with: a valley around lr 0.01, lower for wrapped arms.
  static func loss(of arm: ArmSpecification, seed: UInt64) -> Double {
    let distance = log10(arm.number("lr")) + 2
    let gain = arm.isMatched ? 0.02 : arm.wrapper != nil ? 0.1 : 0
    // Differs between arms as well as seeds, so that differences vary.
    let noise = Double((seed &* 7 &+ UInt64(arm.text.utf8.count) &* 3) % 11) / 1000
    let masked = arm.wrapper == nil ? 0 : ((arm.values["mask"]?.number ?? 0.5) - 0.5) / 10
    return 2 + distance * distance - gain + masked + noise
  }

  /// The records of a made-up run of all arms of `run`; lr above `limit` diverges at step 50.
  static func records(
    of run: RunConfiguration, divergingAbove limit: Double = .infinity,
    loss: (ArmSpecification, UInt64) -> Double = { loss(of: $0, seed: $1) }
  ) -> [EvaluationRecord] {
    zip(run.lanes, run.arms).flatMap { lane, arm in
      (0..<UInt64(run.seeds)).flatMap { index in
        records(
          lane, arm, seed: run.seed + index, ending: loss(arm, run.seed + index),
          divergingAbove: limit)
      }
    }
  }

  private static func records(
    _ lane: Lane, _ arm: ArmSpecification, seed: UInt64, ending final: Double,
    divergingAbove limit: Double
  ) -> [EvaluationRecord] {
    let isDiverging = arm.number("lr") > limit
    func record(_ step: Int, _ loss: Double?, final: Bool? = nil) -> EvaluationRecord {
      EvaluationRecord(
        lane: lane.letter, arm: lane.name, seed: seed, step: step, tokens: step * 3,
        trainLoss: loss, validationLoss: loss, learningRate: arm.number("lr"),
        effectiveLearningRate: nil, maskRate: arm.wrapper == nil ? nil : 0.5,
        alignment: arm.wrapper == nil ? nil : 0.4, scale: nil, cpuSeconds: Double(step) / 1000,
        wallSeconds: Double(step) / 500, diverged: isDiverging && step > 0 ? 50 : nil,
        final: final)
    }
    let start = 9 + Double(seed) / 8
    if isDiverging { return [record(0, start), record(50, nil), record(50, nil, final: true)] }
    return [
      record(0, start), record(50, (start + final) / 2), record(100, final),
      record(100, final, final: true),
    ]
  }

  /// Runs `body` with a directory of its own that is gone afterwards.
  static func inDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("studies-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    return try body(place)
  }
}
