import Optimizers
import RunModel
import TestSupport
import Testing
import Training
import Workloads

/// A reading taken afterwards is the one that was, or would have been, taken beside the training.
@Suite struct PastProbeTests {
  private let arms = [
    "adam:lr=1e-3", "magma(adam):lr=1e-3", "matched(magma(adam)):lr=1e-3",
    "skip(soap):lr=1e-3,maskPolicy=depth",
  ]

  /// - Parameter workload: all but curvature take hundreds of gradients, which is for small problems.
  private func configuration(
    _ arms: [String], seeds: Int = 2, workload: String = "language"
  ) throws -> RunConfiguration {
    var configuration = toyConfiguration(
      arms: try arms.map { try OptimizerRegistry.arm($0) }, steps: 12, evaluateEvery: 5,
      seeds: seeds, clip: 1)
    configuration.workload = workload
    configuration.model = ModelConfiguration(size: .nano)
    let descriptor = try #require(WorkloadRegistry.descriptor(workload))
    configuration.settings = Dictionary(
      uniqueKeysWithValues: descriptor.hyperparameters.map { ($0.key, $0.defaultValue) })
    return configuration
  }

  /// Trains with a probe after every third step, and where it begins.
  private func live(
    _ kind: ProbeKind, _ configuration: RunConfiguration, _ journal: [JournalEntry] = [],
    from checkpoint: CheckpointSet? = nil
  ) throws -> RunTranscript {
    let harness = RunHarness(
      configuration, resumeFrom: checkpoint,
      options: RunOptions(
        journal: journal, startsPaused: true, checkpointEvery: 2,
        probeRunner: RegisteredProbes(),
        probes: [ProbeCadence(kind, every: 3)]),
      source: try WorkloadRegistry.source(for: configuration))
    harness.controller.send(.probe(kind))
    harness.controller.send(.resume)
    return harness.finish()
  }

  private func replay(
    _ configuration: RunConfiguration, _ journal: [JournalEntry] = []
  ) throws -> Training.Replay {
    Training.Replay(
      configuration: configuration, journal: journal,
      source: try WorkloadRegistry.source(for: configuration),
      options: RunOptions(probeRunner: RegisteredProbes()))
  }

  private func readings(
    _ run: RunTranscript, _ steps: ClosedRange<Int>
  ) -> [ProbeReading] {
    run.readings.filter { steps.contains($0.step) }.map(\.withoutCost)
  }

  private func change(_ key: String, _ value: Double, step: Int) -> JournalEntry {
    JournalEntry(
      Intervention(arm: ArmID(1), step: step, key: key, oldValue: nil, newValue: .number(value)))
  }

  @Test(arguments: ProbeKind.allCases)
  func readingsFromAfterwardsAreThoseTakenLiveToTheBit(_ kind: ProbeKind) throws {
    let configuration = try configuration(
      arms, workload: kind == .curvature ? "language" : "quadratic")
    let journal = [change("tau", 0.5, step: 5), change("mask", 0.3, step: 8)]
    let run = try live(kind, configuration, journal)
    let replay = try replay(configuration, journal)
    for (steps, start) in [(0...12, 0), (3...9, 2), (6...6, 6), (6...8, 4), (12...12, 10)] {
      let told = readings(run, steps)
      #expect(Set(told.map(\.arm)).count == arms.count && told.allSatisfy { !$0.figures.isEmpty })
      let again = try #require(
        try replay.readings(
          ProbeCadence(kind, along: steps, every: 3),
          from: run.checkpoints.last { $0.step <= start }))
      #expect(again.map(\.withoutCost) == told, "\(kind) at \(steps) from \(start)")
    }
  }

  @Test func afterARewindTheLineThatIsSeenIsMeasured() throws {
    let configuration = try configuration(arms)
    let first = try live(.curvature, configuration, [change("tau", 0.5, step: 3)])
    let boundary = try #require(first.checkpoints.first { $0.step == 4 })
    let line = boundary.journal + [change("mask", 0.7, step: 7)]
    let second = try live(.curvature, configuration, line, from: boundary)
    let again = try #require(
      try replay(configuration, line).readings(
        ProbeCadence(.curvature, along: 6...12, every: 3), from: boundary))
    #expect(again.map(\.withoutCost) == readings(second, 6...12))
    #expect(again.map(\.withoutCost) != readings(first, 6...12))
  }

  @Test func aBudgetThatCameLaterIsNotKnownBefore() throws {
    let configuration = try configuration(["adam:lr=1e-3", "magma(adam):lr=1e-3"])
    let parent = try live(.curvature, configuration)
    var entry = JournalEntry(.extend, step: 13)
    entry.steps = 20
    let again = try #require(
      try replay(configuration, [entry]).readings(
        ProbeCadence(.curvature, along: 9...15, every: 3), from: nil))
    #expect(again.map(\.step) == [9, 9, 12, 12, 15, 15])
    #expect(
      again.filter { $0.step <= 12 }.map(\.withoutCost)
        == readings(parent, 9...12))
  }

  @Test func anArmThatJoinedLaterIsMeasuredFromItsStart() throws {
    let before = try configuration(Array(arms[..<2]), seeds: 1)
    let always = try live(.curvature, try configuration(Array(arms[..<3]), seeds: 1))
    let specification = try OptimizerRegistry.arm(arms[2])
    var entry = JournalEntry(.join, step: 11, arm: ArmID(2))
    entry.joined = RunArm(
      id: ArmID(2), lane: Lane.next(specification, after: before.lanes),
      specification: specification)
    let early = try #require(try live(.curvature, before).checkpoints.first { $0.step == 4 })
    let again = try #require(
      try replay(before, [entry]).readings(
        ProbeCadence(.curvature, along: 6...9, every: 3), from: early))
    #expect(again.map(\.withoutCost) == readings(always, 6...9))
    #expect(again.map(\.arm) == [0, 1, 2, 0, 1, 2])
  }

  @Test func measuringCanBeGivenUp() throws {
    let replay = try replay(try configuration(arms))
    let cadence = ProbeCadence(.curvature, along: 0...12)
    #expect(try replay.readings(cadence, from: nil, while: { _ in false }) == nil)
  }

  @Test func aStretchIsMeasuredInAboutTenSteps() {
    func steps(_ stretch: ClosedRange<Int>, _ every: Int? = nil) -> [Int] {
      let cadence = ProbeCadence(.curvature, along: stretch, every: every)
      return (0...1_000).filter { cadence.isDue(after: $0) }
    }
    #expect(steps(100...200) == Array(stride(from: 100, through: 200, by: 10)))
    #expect(steps(7...9) == [7, 8, 9] && steps(340...340) == [340])
    #expect(steps(0...19) == Array(stride(from: 0, through: 18, by: 2)))
    #expect(steps(5...16, 5) == [5, 10, 15])
    #expect(ProbeCadence.stretch("3..40") == 3...40 && ProbeCadence.stretch("3..3") == 3...3)
    for text in ["", "3", "..", "3..", "..4", "4..3", "3...4", "a..b"] {
      #expect(ProbeCadence.stretch(text) == nil, "\(text)")
    }
  }
}

extension ProbeReading {
  /// What it says, without what it cost.
  fileprivate var withoutCost: ProbeReading {
    var copy = self
    copy.cpuSeconds = 0
    return copy
  }
}
