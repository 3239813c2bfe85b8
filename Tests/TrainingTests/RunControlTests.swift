import EventStream
import Optimizers
import RunModel
import TensorKernels
import TestSupport
import Testing
import Training

/// Lets a test wait until a run says something, without sleeping.
final class Ear: Sendable {
  private let seen = Locked<[RunEvent]>([])
  let events = Mailbox<RunEvent>()
  let rows = RowMailbox(blockCount: 3)
  private let arrivals: AsyncStream<Void>.Continuation
  private let stream: AsyncStream<Void>

  init() { (stream, arrivals) = AsyncStream.makeStream() }

  func run(_ configuration: RunConfiguration, _ options: RunOptions = RunHarness.options())
    -> RunController
  {
    RunController(
      configuration: configuration, source: ToySource(),
      channels: RunChannels(events: events, rows: rows) { [arrivals] in arrivals.yield() },
      options: options)
  }

  /// Everything heard up to and including the first event `isWanted` says yes to.
  func wait(for isWanted: (RunEvent) -> Bool) async -> [RunEvent] {
    var heard: [RunEvent] = []
    var batch: [RunEvent] = []
    for await _ in stream {
      events.drain(into: &batch)
      heard += batch
      if batch.contains(where: isWanted) { break }
    }
    return heard
  }

  func waitForPause() async -> [RunEvent] {
    await wait { if case .journaled(let entry) = $0 { entry.kind == .pause } else { false } }
  }

  func waitForPause(at step: Int) async {
    _ = await wait {
      if case .journaled(let entry) = $0 {
        entry.kind == .pause && entry.step == step
      } else {
        false
      }
    }
  }

  func drainedSteps() -> [StepRow] {
    var drained = rows.empty
    rows.drain(into: &drained)
    return drained.steps
  }

  func stepsDone() -> [Int] { drainedSteps().map(\.step) }
}

@Suite struct RunControlTests {
  @Test func pausedRunAdvancesExactlyTheRequestedSteps() async {
    let ear = Ear()
    let run = ear.run(toyConfiguration(), RunHarness.options(startsPaused: true))
    run.start()
    _ = await ear.waitForPause()
    #expect(ear.stepsDone().isEmpty)
    for (count, expected) in [(1, [1, 1]), (3, [2, 2, 3, 3, 4, 4])] as [(Int, [Int])] {
      run.send(.step(count))
      _ = await ear.waitForPause()
      #expect(ear.stepsDone().sorted() == expected)
    }
    run.stop()
    run.waitUntilFinished()
    #expect(ear.stepsDone().isEmpty)
  }

  @Test func aLiveChangeMeetsAllArmsAtTheSameStep() async {
    let ear = Ear()
    let run = ear.run(toyConfiguration(), RunHarness.options(startsPaused: true))
    run.start()
    run.send(.step(6))
    await ear.waitForPause(at: 6)
    run.send(.set(arm: nil, key: "lr", value: .number(0.002)))
    run.send(.resume)
    run.waitUntilFinished()
    var events: [RunEvent] = []
    ear.events.drain(into: &events)
    let changes = events.compactMap { event -> Intervention? in
      if case .journaled(let entry) = event { entry.change } else { nil }
    }
    #expect(
      changes
        == [0, 1].map {
          Intervention(
            arm: ArmID($0), step: 7, key: "lr", oldValue: .number(0.01), newValue: .number(0.002))
        })
    let steps = ear.drainedSteps()
    let schedule = toyConfiguration().schedule
    for step in steps {
      let rate = step.step < 7 ? 0.01 : 0.002
      let expected = rate * schedule.factor(step: step.step, of: 40)
      #expect(step.learningRate == expected, "arm \(step.arm) step \(step.step)")
    }
  }

  @Test func aReplayedJournalGivesTheSameBits() async {
    let ear = Ear()
    let live = ear.run(toyConfiguration(), RunHarness.options(startsPaused: true))
    live.start()
    live.send(.step(9))
    await ear.waitForPause(at: 9)
    live.send(.set(arm: 1, key: "mask", value: .number(0.8)))
    live.send(.resume)
    live.waitUntilFinished()
    let steps = ear.drainedSteps()
    let change = Intervention(
      arm: 1, step: 10, key: "mask", oldValue: .number(0.5), newValue: .number(0.8))
    let replay = RunHarness(
      toyConfiguration(), options: RunHarness.options(interventions: [change])
    ).finish()
    // A known journal is not told again.
    #expect(replay.interventions == [])
    let liveLosses = steps.filter { $0.arm == 1 }.map(\.trainLoss.bitPattern)
    #expect(liveLosses == replay.losses(arm: 1))
    #expect(liveLosses != RunHarness(toyConfiguration()).finish().losses(arm: 1))
  }

  @Test func stoppingKeepsTheLastEvaluation() async {
    let ear = Ear()
    let run = ear.run(toyConfiguration(), RunHarness.options(startsPaused: true))
    run.start()
    run.send(.step(13))
    await ear.waitForPause(at: 13)
    run.stop()
    run.waitUntilFinished()
    var events: [RunEvent] = []
    ear.events.drain(into: &events)
    let finals = events.compactMap { event -> EvaluationRecord? in
      if case .armFinished(_, let record) = event { record } else { nil }
    }
    #expect(finals.map(\.step) == [10, 10])
    guard case .finished(.stopped) = events.last else {
      Issue.record("the run does not say it was stopped")
      return
    }
  }

  @Test func commandsThatMakeNoSenseAreAnswered() {
    let harness = RunHarness(
      toyConfiguration(), options: RunHarness.options(startsPaused: true))
    for command in [
      .set(arm: 0, key: "mask", value: .number(0.1)), .set(arm: 5, key: "lr", value: .number(0.1)),
      .set(arm: 0, key: "lr", value: .flag(true)), .step(0),
      .set(arm: 0, key: "lr", value: .number(.infinity)),
      .set(arm: nil, key: "nothing", value: .number(1)),
    ] as [RunCommand] {
      harness.controller.send(command)
    }
    harness.controller.send(.set(arm: 1, key: "mask", value: .number(0.1)))
    harness.controller.send(.resume)
    let run = harness.finish()
    #expect(run.refusals.count == 6 && run.refusals.allSatisfy { $0.exitCode == 2 })
    #expect(run.interventions.map(\.key) == ["mask"])
  }

  @Test func aFactoryThatFailsFailsTheRun() {
    let options = RunOptions { (_, _, _) throws(RunError) in
      throw RunError(.usage, "no such optimizer", remedy: "try again")
    }
    let run = RunHarness(toyConfiguration(), options: options).finish()
    #expect(run.events.count == 1)
    guard case .failed(let error) = run.events.first else {
      Issue.record("the run does not say that it failed")
      return
    }
    #expect(error.message.contains("no such optimizer"))
  }
}
