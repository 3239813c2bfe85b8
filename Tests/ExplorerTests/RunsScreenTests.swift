import Explorer
import RunModel
import TerminalUI
import Testing

@Suite struct RunsScreenTests {
  private func entry(
    _ name: String, _ arms: [String], size: ModelSize = .micro, outcome: String = "finished",
    from origin: RunEntry.Origin? = nil, step: Int = 800, age: Double = 7_200,
    losses: [[Double]] = [[5.5, 3, 2.1, 1.9], [5.5, 3.2, 2, 1.8]]
  ) throws -> RunEntry {
    var configuration = try Fake.configuration(arms)
    configuration.model = ModelConfiguration(size: size)
    return RunEntry(
      directory: "/runs/" + name, name: name, isNamed: name == "best", configuration: configuration,
      outcome: outcome, step: step, age: age, losses: losses, origin: origin)
  }

  private func state(_ size: Window = Window(120, 40)) throws -> ExplorerState {
    var state = try Fake.running()
    _ = reduce(&state, .resize(size.size))
    #expect(reduce(&state, .key(.character("6"))) == [.listRuns])
    _ = reduce(
      &state,
      .runs([
        try entry(
          "fork", ["adam:lr=2e-3", "magma(adam)"], outcome: "interrupted",
          from: RunEntry.Origin(run: "best", step: 120)),
        try entry("best", ["adamw:lr=5e-4"], size: .tiny),
        try entry("far", ["lion:lr=1e-4", "skip(lion)"], outcome: "training"),
      ]))
    return state
  }

  @Test(arguments: Window.all)
  func theListLooksAsRecorded(_ window: Window) throws {
    try expectGolden("runs-\(window.name)", state(window), window.size)
  }

  @Test(arguments: [
    ("lr>1e-3", ["fork"]), ("size:tiny", ["best"]), ("masked", ["fork", "far"]),
    ("lion", ["far"]), ("masked interrupted", ["fork"]), ("nothing", []),
    ("", ["best", "fork", "far"]),
  ])
  func theFilterAsksForSettingsSizesMasksAndWords(_ filter: String, _ names: [String]) throws {
    var state = try state()
    press(&state, "/" + filter)
    #expect(state.runList.visible.map(\.name) == names)
    _ = reduce(&state, .key(.enter))
    #expect(state.isModalClosed)
  }

  @Test func enterOpensWhatHasEndedAndWatchesWhatAnotherTrains() throws {
    var state = try state()
    #expect(
      reduce(&state, .key(.enter)) == [.open(directory: "/runs/best", run: state.runNumber)])
    press(&state, "6jj")
    #expect(
      reduce(&state, .key(.enter)) == [.watch(directory: "/runs/far", run: state.runNumber)])
  }

  @Test func aRunIsOverlaidNamedAndDeletedByKeys() throws {
    var state = try state()
    press(&state, "j")
    #expect(
      reduce(&state, .key(.character("P"))) == [.overlay(directory: "/runs/fork")])
    press(&state, "6wmine")
    #expect(
      reduce(&state, .key(.enter)) == [.nameRun(directory: "/runs/fork", name: "mine")])
    press(&state, "x")
    #expect(reduce(&state, .key(.character("n"))).isEmpty)
    press(&state, "x")
    #expect(
      reduce(&state, .key(.character("y"))) == [.deleteRun(directory: "/runs/fork")])
  }
}

@Suite struct RunOrderTests {
  private func run(
    _ name: String, from parent: String? = nil, step: Int, age: Double, loss: Double
  ) throws -> RunEntry {
    RunEntry(
      directory: "/runs/" + name, name: name, isNamed: false,
      configuration: try Fake.configuration(["adam"]), outcome: "finished", step: step, age: age,
      losses: [[5, loss, loss + 1]], origin: parent.map { RunEntry.Origin(run: $0, step: 10) })
  }

  /// `b` has the forks `d` and `a`, `a` the fork `e`; the run that `c` comes from is gone.
  private func state() throws -> ExplorerState {
    var state = try Fake.running()
    press(&state, "6")
    _ = reduce(
      &state,
      .runs([
        try run("a", from: "b", step: 50, age: 10, loss: 3),
        try run("b", step: 90, age: 50, loss: 4),
        try run("c", from: "z", step: 70, age: 20, loss: 2),
        try run("d", from: "b", step: 60, age: 30, loss: 3.5),
        try run("e", from: "a", step: 99, age: 40, loss: 1),
        try run("f", step: 80, age: 5, loss: .nan),
      ]))
    return state
  }

  private func tree(_ state: ExplorerState) -> String {
    state.runList.rows.map { String(repeating: ">", count: $0.depth) + $0.run.name }
      .joined(separator: " ")
  }

  @Test(arguments: [
    (0, false, "f b >a >>e >d c"), (1, false, "b >a >>e >d c f"), (2, false, "b >a >>e >d c f"),
    (3, false, "b >d >a >>e f c"), (0, true, "b >d >a >>e c f"), (1, true, "f b >d >a >>e c"),
    (4, false, "f b >a >>e >d c"),
  ])
  func forksStandUnderWhatTheyComeFromInEveryOrder(_ presses: Int, _ back: Bool, _ want: String)
    throws
  {
    var state = try state()
    for _ in 0..<presses { _ = reduce(&state, .key(.right)) }
    if back { press(&state, "B") }
    #expect(tree(state) == want)
  }

  @Test func theChosenRunStaysChosenAndTheOrderIsNamed() throws {
    var state = try state()
    press(&state, "jjj")
    #expect(state.runList.chosen?.name == "e")
    _ = reduce(&state, .key(.left))
    #expect(state.runList.chosen?.name == "e" && state.knob == 0)
    let text = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(text.contains("6  longest first"))
    #expect(text.contains("  └─e") && text.contains("└─a"))
  }

  @Test func labelsThatGoRoundInACircleHideNothing() throws {
    var state = try state()
    _ = reduce(
      &state,
      .runs([
        try run("a", from: "b", step: 1, age: 1, loss: 1),
        try run("b", from: "a", step: 1, age: 2, loss: 1),
        try run("c", from: "c", step: 1, age: 3, loss: 1),
      ]))
    #expect(tree(state) == "a >b c")
  }
}

@Suite struct TimeTests {
  private func recorded(to step: Int = 340) throws -> ExplorerState {
    var state = try Fake.running(to: step)
    _ = reduce(&state, .recorded(run: 1, directory: "/runs/here", archive: NoRows()))
    return state
  }

  private struct NoRows: RowArchive {
    var newestStep: Int { 0 }
    func rows(in steps: ClosedRange<Int>) -> RunRows { RunRows(blockCount: 18) }
  }

  @Test func theRunGoesBackOnlyAfterAQuestion() throws {
    var state = try recorded()
    press(&state, ":rewind 120")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    #expect(reduce(&state, .key(.enter)) == [.branch(.rewind(step: 120), run: 1)])
    #expect(reduce(&state, .key(.escape)) == [.stopReplay])
  }

  @Test func aForkIsARunOfItsOwnFromTheShownStep() throws {
    var state = try recorded()
    press(&state, "<<F")
    let step = state.shownStep
    #expect(reduce(&state, .key(.enter)) == [.branch(.fork(step: step), run: 2)])
  }

  @Test func aForkMayGiveAnArmAnotherOptimizer() throws {
    var state = try recorded()
    press(&state, ":fork 60 m=magma(lion):lr=2e-4")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    #expect(
      view(state, size: Size(width: 120, height: 40)).buffer.plainText().contains(
        "fork at step 60, m as magma(lion)?"))
    let replacement = Replacement(
      arm: ArmID(1), letter: "m", specification: try Fake.arm("magma(lion):lr=2e-4"))
    #expect(
      reduce(&state, .key(.enter)) == [.branch(.fork(step: 60, replacing: replacement), run: 2)])
    let entry = replacement.entry(after: 60)
    #expect(entry.kind == .replace && entry.step == 61 && entry.arm == ArmID(1))
    #expect(entry.settings == replacement.specification)
  }

  @Test(arguments: [
    ("fork m", "wants STEP"), ("fork 60 k=adam", "for an arm (a, m)"),
    ("fork 60 m=adm", "did you mean 'adam'?"), ("fork 60 m=adam more", "arm 'adam more'"),
    ("fork x", "wants STEP"),
  ])
  func aForkThatIsNotUnderstoodIsNotAskedAbout(_ line: String, _ reason: String) throws {
    var state = try recorded()
    press(&state, ":" + line)
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .command(let failed) = state.modal else { return #expect(Bool(false)) }
    #expect(failed.error?.contains(reason) == true, "\(failed.error ?? "no error")")
  }

  @Test func knobsBeginWithWhatIsInForceFromTheNextStepOn() throws {
    var state = try recorded()
    let lion = try Fake.arm("magma(lion):lr=2e-4")
    let entry = Replacement(arm: ArmID(1), letter: "m", specification: lion).entry(after: 50)
    let opened = ShownRun(
      directory: "/runs/fork", configuration: state.configuration,
      events: Fake.batch(state.configuration, steps: 1...50).events + [.journaled(entry)],
      archive: nil, phase: .paused, isWatched: false)
    _ = reduce(&state, .opened(run: 1, opened))
    #expect(state.draft.arms == [state.configuration.arms[0], lion])
  }

  @Test func whileAStepIsComputedAgainTheRunIsSaidToWait() throws {
    var state = try recorded()
    press(&state, ":arm magma(lion)")
    _ = reduce(&state, .key(.enter))
    _ = reduce(&state, .key(.enter))
    _ = reduce(&state, .replaying(run: 1, step: 120, target: 350, secondsLeft: 2))
    let text = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(text.contains("computing step 120 of 350, 2s left"))
    #expect(text.contains(" WAIT  step ") && !text.contains("ETA"))
    _ = reduce(
      &state,
      .run(
        RunBatch(
          run: 1, events: [.failed(RunError(.failure, "the disk is full", remedy: "make room"))])))
    let after = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(after.contains(" FAILED ") && !after.contains(" WAIT "))
  }

  @Test func aRunThatWaitsForItsPastTakesNoCommands() throws {
    var state = try recorded()
    press(&state, ":fork 60")
    _ = reduce(&state, .key(.enter))
    _ = reduce(&state, .key(.enter))
    let draft = state.draft.arms
    for key in " s+" {
      #expect(reduce(&state, .key(.character(key))).isEmpty)
      #expect(state.message?.text.contains("the run waits") == true)
    }
    #expect(state.draft.arms == draft)
    #expect(reduce(&state, .key(.escape)) == [.stopReplay])
  }

  @Test func undoGoesBackToJustBeforeTheLastChange() throws {
    var state = try recorded()
    press(&state, "u")
    #expect(state.isModalClosed && state.message?.text.contains("nothing has been changed") == true)
    let change = Intervention(
      arm: nil, step: 341, key: "mask", oldValue: .number(0.5), newValue: .number(0.3))
    _ = reduce(&state, .run(RunBatch(run: 1, events: [.journaled(JournalEntry(change))])))
    _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 341...350)))
    press(&state, "u")
    #expect(reduce(&state, .key(.enter)) == [.branch(.rewind(step: 340), run: 1)])
  }

  @Test func whatIsNotRecordedCannotGoBack() throws {
    var state = try Fake.running()
    press(&state, "F")
    #expect(state.isModalClosed && state.message?.isAlert == true)
  }

  @Test func aWatchedRunTakesNoCommands() throws {
    var state = try Fake.running()
    let opened = ShownRun(
      directory: "/runs/far", configuration: state.configuration,
      events: Fake.batch(state.configuration, steps: 1...50).events, archive: nil,
      phase: .training, isWatched: true)
    _ = reduce(&state, .opened(run: 1, opened))
    #expect(reduce(&state, .key(.character(" "))).isEmpty)
    #expect(reduce(&state, .key(.character("+"))).isEmpty)
    #expect(reduce(&state, .key(.character("R"))).isEmpty)
    #expect(state.message?.text.contains("only watched") == true)
    #expect(state.draft.arms == state.configuration.arms)
    #expect(state.history.newestStep == 40, "as far as evaluations tell")
  }
}

extension ExplorerState {
  fileprivate var isModalClosed: Bool { if case nil = modal { true } else { false } }
}
