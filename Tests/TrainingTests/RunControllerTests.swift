import EventStream
import RunModel
import TestSupport
import Testing
import Training

@Suite struct RunControllerTests {
  @Test func aRunTellsItsStoryInOrder() throws {
    let run = RunHarness(toyConfiguration()).finish()
    guard case .started(let summary) = run.events.first else {
      Issue.record("the first event is not the start")
      return
    }
    #expect(summary.arms.map(\.lane.letter) == ["t", "m"])
    #expect(summary.blocks.map(\.name) == ["first", "second", "third"])
    #expect(run.records.map(\.step) == [0, 0, 10, 10, 20, 20, 30, 30, 40, 40])
    #expect(run.records.map(\.lane) == Array(repeating: ["t", "m"], count: 5).flatMap(\.self))
    #expect(run.finals.map(\.lane) == ["t", "m"])
    #expect(run.finals.allSatisfy { $0.final == true && $0.step == 40 })
    #expect(run.finals.map(\.validationLoss) == run.records.suffix(2).map(\.validationLoss))
    #expect(run.outcome == .completed)
    #expect(run.steps.count == 80 && run.rows.blocks.count == 240)
  }

  @Test func recordsCarryTheContractsMeans() throws {
    let run = RunHarness(toyConfiguration()).finish()
    let base = try #require(run.records.last { $0.lane == "t" })
    let magma = try #require(run.records.last { $0.lane == "m" })
    let losses = run.steps.filter { $0.arm == 1 && $0.step > 30 }.map(\.trainLoss)
    let mean = losses.reduce(0, +) / Double(losses.count)
    #expect(abs(try #require(magma.trainLoss) - mean) < 1e-6 * mean)
    #expect(magma.tokens == 280)
    #expect(base.maskRate == 0 && base.scale == 1)
    let rates = run.steps.filter { $0.arm == 0 && $0.step > 30 }.map(\.learningRate)
    let meanRate = rates.reduce(0, +) / Double(rates.count)
    #expect(abs(try #require(base.effectiveLearningRate) - meanRate) < 1e-12)
    #expect(base.learningRate == rates.last && meanRate > base.learningRate)
    let dropped = [0, 1].flatMap { run.blocks($0, arm: 1) }.count { $0.keptShare == 0 }
    #expect(magma.maskRate == Double(dropped) / 80)
    #expect(magma.alignment == 0.25 && magma.scale == 0.625)
    let first = try #require(run.records.first)
    #expect(first.trainLoss == nil && first.validationLoss != nil && first.tokens == 0)
  }

  @Test func armsShareInitialWeightsAndBatches() {
    let arms = [toyArm("a"), toyArm("b")]
    let run = RunHarness(toyConfiguration(arms: arms)).finish()
    #expect(run.losses(arm: 0) == run.losses(arm: 1))
    #expect(run.losses(arm: 0).count == 40)
    #expect(Set(run.losses(arm: 0)).count > 30)
  }

  @Test(arguments: [1, 2, 3, 8]) func resultsDoNotDependOnTheThreads(_ threads: Int) {
    let arms = [toyArm("a"), toyArm("m", mask: 0.5), toyArm("c", mask: 0.5, matched: true)]
    let reference = RunHarness(toyConfiguration(arms: arms, seeds: 3, threads: 2)).finish()
    let run = RunHarness(toyConfiguration(arms: arms, seeds: 3, threads: threads)).finish()
    for arm in (0..<3).map({ ArmID($0) }) {
      for seed in UInt64(0)..<3 {
        #expect(run.losses(arm: arm, seed: seed) == reference.losses(arm: arm, seed: seed))
      }
    }
    #expect(run.records.map(\.validationLoss) == reference.records.map(\.validationLoss))
  }

  @Test func aSeedAmongManyIsTheSameAsAlone() {
    let many = RunHarness(toyConfiguration(seeds: 3, seed: 3)).finish()
    let alone = RunHarness(toyConfiguration(seeds: 1, seed: 5)).finish()
    #expect(many.losses(arm: 1, seed: 2) == alone.losses(arm: 1))
    #expect(many.losses(arm: 1, seed: 0) != alone.losses(arm: 1))
    #expect(many.finals.map(\.seed) == [3, 3, 4, 4, 5, 5])
  }

  @Test func noArmIsMoreThanOneStepAhead() {
    let run = RunHarness(toyConfiguration(steps: 300, seeds: 2)).finish()
    var latest = [Int](repeating: 0, count: 4)
    for step in run.steps {
      latest[Int(step.seed - 3) * 2 + step.arm.number] = step.step
      #expect((latest.max() ?? 0) - (latest.min() ?? 0) <= 1)
    }
  }

  @Test func aMatchedControlFollowsTheScaleOfTheStepBefore() {
    let arms = [toyArm("m", mask: 0.5), toyArm("c", mask: 0.5, matched: true)]
    let run = RunHarness(toyConfiguration(arms: arms)).finish()
    let control = run.steps.filter { $0.arm == 1 }
    let followed = run.steps.filter { $0.arm == 0 }
    #expect(control[0].effectiveLearningRate == control[0].learningRate * 0.25)
    for t in 1..<control.count {
      let factor = 0.5 * followed[t - 1].scale
      #expect(abs(control[t].effectiveLearningRate - control[t].learningRate * factor) < 1e-9)
    }
  }

  @Test func aMatchedControlAloneTakesTheStartingFactor() {
    let arms = [toyArm("a"), toyArm("c", mask: 0.2, matched: true)]
    let control = RunHarness(toyConfiguration(arms: arms)).finish().steps.filter { $0.arm == 1 }
    for step in control {
      #expect(abs(step.effectiveLearningRate - step.learningRate * 0.4) < 1e-9)
    }
  }

  @Test func aDivergedArmStopsAndTheOthersGoOn() throws {
    let arms = [toyArm("a"), toyArm("wild", lr: 1e12)]
    let run = RunHarness(toyConfiguration(arms: arms)).finish()
    let diverged = run.events.compactMap { event -> Int? in
      guard case .journaled(let entry) = event, entry.kind == .diverged else { return nil }
      return entry.arm == 1 && entry.seed == 3 ? entry.step : nil
    }
    #expect(diverged.count == 1)
    let final = try #require(run.finals.last)
    #expect(final.diverged == diverged.first && final.final == true)
    #expect(final.trainLoss == nil && final.validationLoss == nil)
    #expect(run.losses(arm: 0).count == 40 && run.losses(arm: 1).count < 40)
    #expect(run.records.map(\.step) == [0, 0, 10, 10, 20, 20, 30, 30, 40, 40])
    #expect(run.outcome == .completed)
  }

  @Test func gradientsAreClippedToTheGlobalNorm() {
    let arms = [toyArm("a")]
    let free = RunHarness(toyConfiguration(arms: arms)).finish()
    let clipped = RunHarness(toyConfiguration(arms: arms, clip: 0.1)).finish()
    #expect(free.steps[0].gradientNorm == clipped.steps[0].gradientNorm)
    #expect(free.steps[0].gradientNorm > 1)
    #expect(clipped.losses(arm: 0)[39] > free.losses(arm: 0)[39])
  }

  @Test func aRunWhoseArmsAllDivergeSaysSo() {
    let run = RunHarness(toyConfiguration(arms: [toyArm("wild", lr: 1e12)])).finish()
    #expect(run.outcome == .everyArmDiverged)
    #expect(run.finals.count == 1)
  }
}
