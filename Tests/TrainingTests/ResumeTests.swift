import EventStream
import RunModel
import TensorKernels
import TestSupport
import Testing
import Training

@Suite struct ResumeTests {
  static let arms = [
    toyArm("a"), toyArm("m", mask: 0.5), toyArm("c", mask: 0.5, matched: true),
    toyArm("wild", lr: 1e12),
  ]

  @Test func aResumedRunGoesOnBitForBit() throws {
    let change = Intervention(
      arm: 1, step: 8, key: "mask", oldValue: .number(0.5), newValue: .number(0.7))
    let configuration = toyConfiguration(arms: Self.arms, seeds: 2)
    let whole = RunHarness(
      configuration,
      options: RunHarness.options(interventions: [change], checkpointEvery: 17)
    ).finish()
    let middle = try #require(whole.checkpoints.first)
    #expect(middle.step == 17)
    let rest = RunHarness(configuration, resumeFrom: middle).finish()
    for seed in UInt64(0)..<2 {
      for arm in (0..<3).map({ ArmID($0) }) {
        #expect(
          rest.losses(arm: arm, seed: seed) == Array(whole.losses(arm: arm, seed: seed).suffix(23)))
      }
    }
    let wholeEnd = try #require(whole.checkpoints.last)
    let restEnd = try #require(rest.checkpoints.last)
    #expect(wholeEnd.arms.map(\.parameters) == restEnd.arms.map(\.parameters))
    #expect(wholeEnd.arms.map(\.optimizer) == restEnd.arms.map(\.optimizer))
    #expect(wholeEnd.journal == restEnd.journal && wholeEnd.journal.count == 1)
    let tail = whole.records.filter { $0.step > 17 }
    #expect(rest.records.map(\.comparable) == tail.map(\.comparable))
    #expect(rest.finals.map(\.comparable) == whole.finals.map(\.comparable))
  }

  @Test func snapshotsDoNotChangeTheTrajectory() {
    let with = RunHarness(
      toyConfiguration(), options: RunHarness.options(checkpointEvery: 3)
    ).finish()
    let without = RunHarness(toyConfiguration()).finish()
    #expect(with.checkpoints.count == 14 && without.checkpoints.count == 1)
    #expect(with.losses(arm: 1) == without.losses(arm: 1))
  }

  @Test func aCheckpointOfAnotherModelIsRefused() throws {
    let run = RunHarness(toyConfiguration()).finish()
    var checkpoint = try #require(run.checkpoints.last)
    checkpoint.step = 20
    checkpoint.arms[0].parameters[1].shape = [5]
    let refused = RunHarness(toyConfiguration(), resumeFrom: checkpoint).finish()
    guard case .failed(let error) = refused.events.last else {
      Issue.record("a strange checkpoint was accepted")
      return
    }
    #expect(error.message.contains("second") && error.message.contains("[6]"))
    #expect(error.exitCode == 4)
  }

  @Test func probesDoNotChangeTheTrajectory() {
    let runner = CountingProbe()
    let harness = RunHarness(
      toyConfiguration(), options: RunHarness.options(probeRunner: runner))
    harness.controller.send(.probe(.curvature))
    let run = harness.finish()
    let readings = run.events.compactMap { event -> ProbeReading? in
      if case .probed(let reading) = event { reading } else { nil }
    }
    #expect(readings.map(\.arm) == [0, 1])
    #expect(run.losses(arm: 1) == RunHarness(toyConfiguration()).finish().losses(arm: 1))
  }
}

struct CountingProbe: ProbeRunner {
  func run(_ subject: ProbeSubject, parameters: Span<Float>) -> ProbeReading? {
    ProbeReading(
      kind: subject.kind, arm: subject.arm, step: subject.step,
      figures: [.init(name: "parameters", value: Double(parameters.count))], cpuSeconds: 0)
  }
}

extension EvaluationRecord {
  /// The record without its times, which are not reproducible.
  var comparable: EvaluationRecord {
    var copy = self
    copy.cpuSeconds = 0
    copy.wallSeconds = 0
    return copy
  }
}
