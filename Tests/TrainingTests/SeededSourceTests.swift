import Optimizers
import RunModel
import TestSupport
import Testing
import Training
import Workloads

/// What a workload draws for itself belongs to the seed, not to the run.
@Suite struct SeededSourceTests {
  private func run(_ workload: String, seed: UInt64, seeds: Int) throws -> RunTranscript {
    var configuration = toyConfiguration(
      arms: [try OptimizerRegistry.arm("magma(adamw):lr=1e-2")], steps: 12, evaluateEvery: 6,
      seeds: seeds, seed: seed)
    configuration.workload = workload
    let descriptor = try #require(WorkloadRegistry.descriptor(workload))
    configuration.settings = Dictionary(
      uniqueKeysWithValues: descriptor.hyperparameters.map { ($0.key, $0.defaultValue) })
    if workload == "class-imbalance" { configuration.settings["groups"] = .number(4) }
    return RunHarness(
      configuration, options: RunOptions(),
      source: try WorkloadRegistry.source(for: configuration)
    ).finish()
  }

  /// A language model in either precision, resumed at a checkpoint.
  @Test(arguments: ModelConfiguration.Precision.allCases)
  func aResumedModelGoesOnBitForBit(_ precision: ModelConfiguration.Precision) throws {
    var configuration = toyConfiguration(
      arms: [try OptimizerRegistry.arm("magma(adamw):lr=1e-2")], steps: 12, evaluateEvery: 6)
    configuration.workload = "language"
    configuration.model = ModelConfiguration(size: .nano)
    configuration.model.precision = precision
    let source = try WorkloadRegistry.source(for: configuration)
    let whole = RunHarness(configuration, options: RunOptions(checkpointEvery: 5), source: source)
      .finish()
    let middle = try #require(whole.checkpoints.first { $0.step == 5 })
    let rest = RunHarness(
      configuration, resumeFrom: middle, options: RunOptions(), source: source
    ).finish()
    #expect(rest.losses(arm: 0) == Array(whole.losses(arm: 0).suffix(7)))
    #expect(rest.finals.map(\.comparable) == whole.finals.map(\.comparable))
    #expect(rest.finals.first?.validationLoss?.isFinite == true)
  }

  @Test(arguments: ["quadratic", "noise", "linear-transformer", "class-imbalance"])
  func aSeedAmongSeveralIsThatSeedAlone(_ workload: String) throws {
    let several = try run(workload, seed: 7, seeds: 3)
    let finals = several.finals.map(\.validationLoss)
    for index in 0..<3 {
      let alone = try run(workload, seed: 7 + UInt64(index), seeds: 1)
      #expect(several.losses(arm: 0, seed: UInt64(index)) == alone.losses(arm: 0))
      #expect(finals[index] == alone.finals.first?.validationLoss)
      #expect(finals[index] != nil)
    }
    #expect(several.losses(arm: 0, seed: 0) != several.losses(arm: 0, seed: 1))
  }
}
