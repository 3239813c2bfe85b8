import EventStream
import RunModel
import TestSupport
import Testing
import Training

/// Every boundary of a run can be had again, and arms may join at one as if they had always been there.
@Suite struct ReplayTests {
  private static let arms = [
    toyArm("a"), toyArm("m", mask: 0.5), toyArm("c", mask: 0.5, matched: true),
  ]
  private static let change = Intervention(
    arm: 1, step: 18, key: "mask", oldValue: .number(0.5), newValue: .number(0.7))

  private func replay(_ configuration: RunConfiguration, _ journal: [JournalEntry]) -> Replay {
    Replay(
      configuration: configuration, journal: journal, source: ToySource(),
      options: RunHarness.options())
  }

  @Test(arguments: [0, 1, 16, 17, 18, 25, 40]) func aBoundaryComesOutAsItWas(_ step: Int) throws {
    let configuration = toyConfiguration(arms: Self.arms, seeds: 2)
    let whole = RunHarness(
      configuration,
      options: RunHarness.options(interventions: [Self.change], checkpointEvery: 1)
    ).finish()
    let replay = replay(configuration, [JournalEntry(Self.change)])
    let fromStart = try #require(try replay.boundary(after: step, from: nil))
    #expect(fromStart.step == step)
    let near = whole.checkpoints.last { $0.step <= max(0, step - 5) }
    let fromNear = try #require(try replay.boundary(after: step, from: near))
    #expect(fromNear.arms.map(\.parameters) == fromStart.arms.map(\.parameters))
    guard let there = whole.checkpoints.first(where: { $0.step == step }) else {
      #expect(step == 0)
      return
    }
    #expect(there.arms.map(\.parameters) == fromStart.arms.map(\.parameters))
    #expect(there.arms.map(\.optimizer) == fromStart.arms.map(\.optimizer))
    #expect(
      there.records.map { $0?.comparable } == fromStart.records.map { $0?.comparable })
    let rest = RunHarness(
      configuration, resumeFrom: fromStart,
      options: RunHarness.options(interventions: [Self.change])
    ).finish()
    #expect(
      rest.checkpoints.last?.arms.map(\.parameters)
        == whole.checkpoints.last?.arms.map(\.parameters))
    #expect(rest.finals.map(\.comparable) == whole.finals.map(\.comparable))
  }

  @Test func anArmThatJoinsIsTheArmThatWasThereFromTheStart() throws {
    let before = toyConfiguration(arms: [toyArm("a"), toyArm("m", mask: 0.5)], seeds: 2)
    let always = toyConfiguration(arms: Self.arms, seeds: 2)
    let together = RunHarness(always).finish()
    let middle = try #require(
      RunHarness(before, options: RunHarness.options(checkpointEvery: 23)).finish().checkpoints
        .first)
    let joining = RunArm(
      id: 2, lane: Lane.next(Self.arms[2], after: before.lanes), specification: Self.arms[2])
    var entry = JournalEntry(.join, step: 24, arm: joining.id)
    entry.joined = joining
    let rows = RowMailbox(blockCount: 3)
    let channels = RunChannels(rows: rows)
    let merged = try #require(
      try replay(before, [entry]).catchUp([joining], with: middle, channels: channels))
    var drained = rows.empty
    rows.drain(into: &drained)
    #expect(Set(drained.steps.map(\.arm)) == [2] && drained.steps.count == 46)
    let rest = RunHarness(
      before, resumeFrom: merged,
      options: RunOptions(
        journal: [entry], makeOptimizer: { arm, layout, _ in ToyOptimizer(arm, layout) })
    ).finish()
    for arm in (0..<3).map({ ArmID($0) }) {
      let own = drained.steps.filter { $0.arm == arm && $0.seed == 3 }
        .map(\.trainLoss.bitPattern)
      #expect(
        (arm == 2 ? own : []) + rest.losses(arm: arm)
          == (arm == 2 ? together.losses(arm: arm) : together.losses(arm: arm).suffix(17)))
    }
  }

  @Test func beforeAnArmJoinedThereIsNone() throws {
    let before = toyConfiguration(arms: [toyArm("a"), toyArm("m", mask: 0.5)], seeds: 2)
    let run = RunHarness(before, options: RunHarness.options(checkpointEvery: 7)).finish()
    var entry = JournalEntry(.join, step: 24, arm: 2)
    entry.joined = RunArm(
      id: 2, lane: Lane.next(Self.arms[2], after: before.lanes), specification: Self.arms[2])
    let near = try #require(run.checkpoints.first { $0.step == 7 })
    for start in [nil, near] {
      let boundary = try #require(try replay(before, [entry]).boundary(after: 14, from: start))
      let there = try #require(run.checkpoints.first { $0.step == 14 })
      #expect(boundary.arms.map(\.arm) == [0, 1, 0, 1] && boundary.journal.isEmpty)
      #expect(boundary.arms.map(\.parameters) == there.arms.map(\.parameters))
    }
  }

  @Test func aReplayCanBeGivenUp() throws {
    let replay = replay(toyConfiguration(arms: Self.arms, steps: 4000), [])
    #expect(try replay.boundary(after: 4000, from: nil, while: { _ in false }) == nil)
  }

  @Test func anotherOptimizerTakesOverWhatMeansTheSame() throws {
    let configuration = toyConfiguration(arms: [toyArm("a")])
    var entry = JournalEntry(.replace, step: 21, arm: 0)
    entry.settings = toyArm("m", lr: 0.01, mask: 0)
    let plain = RunHarness(configuration).finish()
    let replaced = RunHarness(
      configuration,
      options: RunOptions(
        journal: [entry], makeOptimizer: { arm, layout, _ in ToyOptimizer(arm, layout) })
    ).finish()
    #expect(replaced.losses(arm: 0).prefix(21) == plain.losses(arm: 0).prefix(21))
    #expect(replaced.losses(arm: 0) != plain.losses(arm: 0))
    #expect(replaced.records.last?.arm == "m" && replaced.records.first?.arm == "a")
    #expect(replaced.records.last?.maskRate == 0)
  }

  @Test func aNewBudgetChangesTheScheduleFromItsStepOn() throws {
    let configuration = toyConfiguration(arms: [toyArm("a")])
    var entry = JournalEntry(.extend, step: 31)
    entry.steps = 60
    let run = RunHarness(
      configuration,
      options: RunOptions(
        journal: [entry], makeOptimizer: { arm, layout, _ in ToyOptimizer(arm, layout) })
    ).finish()
    #expect(run.steps.count == 60 && run.records.last?.step == 60)
    let schedule = configuration.schedule
    #expect(run.steps[29].learningRate == 0.01 * schedule.factor(step: 30, of: 40))
    #expect(run.steps[30].learningRate == 0.01 * schedule.factor(step: 31, of: 60))
  }
}
