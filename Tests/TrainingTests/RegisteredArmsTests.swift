import Optimizers
import RunModel
import TestSupport
import Testing
import Training

/// Runs with the registry's own optimizers.
@Suite struct RegisteredArmsTests {
  private func run(
    _ arms: [String], resumeFrom checkpoint: CheckpointSet? = nil, every: Int? = nil
  ) throws -> RunTranscript {
    let specifications = try arms.map { try OptimizerRegistry.arm($0) }
    return RunHarness(
      toyConfiguration(arms: specifications, seeds: 2), resumeFrom: checkpoint,
      options: RunOptions(checkpointEvery: every)
    ).finish()
  }

  @Test(arguments: ["sgd", "rmsprop", "adam", "adamw"])
  func aMaskThatDropsNothingIsTheBaseToTheBit(_ base: String) throws {
    let run = try run(["\(base):lr=1e-2", "skip(\(base)):lr=1e-2,mask=0"])
    for seed in UInt64(0)..<2 {
      #expect(run.losses(arm: 0, seed: seed) == run.losses(arm: 1, seed: seed))
      #expect(run.losses(arm: 0, seed: seed).count == 40)
    }
    let end = try #require(run.checkpoints.last)
    #expect(end.arms[0].parameters == end.arms[1].parameters)
  }

  @Test func aMatchedControlFollowsMagma() throws {
    let run = try run(["magma(adam):lr=1e-2", "matched(magma(adam)):lr=1e-2"])
    let followed = run.steps.filter { $0.arm == 0 && $0.seed == 4 }
    let control = run.steps.filter { $0.arm == 1 && $0.seed == 4 }
    #expect(abs(control[0].effectiveLearningRate / control[0].learningRate - 0.25) < 1e-6)
    // The schedule ends at 0, where the last step has no factor to see.
    for t in 1..<39 {
      let expected = 0.5 * followed[t - 1].scale
      let factor = control[t].effectiveLearningRate / control[t].learningRate
      #expect(abs(factor - expected) < 1e-6, "step \(t + 1)")
    }
  }

  @Test func everyKindOfArmResumesBitForBit() throws {
    let arms = [
      "sgd:momentum=0.9", "rmsprop", "adam", "adamw", "skip(adam)", "damp(rmsprop)",
      "magma(adam)", "magma(rmsprop)", "matched(magma(adam))",
    ]
    let whole = try run(arms, every: 23)
    let middle = try #require(whole.checkpoints.first)
    let rest = try run(arms, resumeFrom: middle)
    let (wholeEnd, restEnd) = (whole.checkpoints.last, rest.checkpoints.last)
    for index in 0..<arms.count * 2 {
      #expect(wholeEnd?.arms[index].parameters == restEnd?.arms[index].parameters)
      #expect(wholeEnd?.arms[index].optimizer == restEnd?.arms[index].optimizer)
    }
    #expect(middle.step == 23 && middle.arms[0].parameters != wholeEnd?.arms[0].parameters)
  }
}
