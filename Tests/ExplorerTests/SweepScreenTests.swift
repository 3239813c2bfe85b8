import Charts
import Explorer
import RunModel
import Statistics
import TerminalUI
import Testing

@Suite struct SweepScreenTests {
  /// A sweep of three arms over five rates; the last rate diverges for the first arm.
  static func picture(_ stage: SweepPicture.Stage, verdicts: [Verdict] = []) -> SweepPicture {
    var picture = SweepPicture()
    picture.stage = stage
    picture.directory = "sweeps/20260102-lr"
    picture.grids = ["lr=1e-4..1e-2:5"]
    (picture.steps, picture.tuningSeeds, picture.judgingSeeds) = (800, 3, 8)
    (picture.done, picture.total) = (stage == .finished ? 72 : 31, 72)
    (picture.cellsPerMinute, picture.secondsLeft) = (8.25, 298)
    if stage == .tuning {
      picture.running = ["a lr=0.003 seed 2, 45 %", "m lr=0.003 seed 2, 12 %"]
    }
    let names = ["adam", "magma(adam)", "matched(magma(adam))"]
    let letters: [Character] = ["a", "m", "c"]
    picture.arms = names.indices.map { arm in
      SweepPicture.Arm(
        letter: letters[arm], name: names[arm], best: arm == 0 ? "lr=0.001" : "lr=0.01",
        bestLoss: 0.752 + 0.1 * Double(arm), range: arm == 0 ? "3e-4..0.003 (x10)" : "0.01 only",
        divergedShare: arm == 0 ? 0.2 : 0, edgeKeys: arm == 0 ? [] : ["lr"])
    }
    picture.chart = SweepChart(
      curves: names.indices.map { arm in
        SweepChart.Curve(
          letter: letters[arm], name: names[arm], arm: arm, points: points(arm))
      })
    picture.verdicts = verdicts
    if !verdicts.isEmpty {
      picture.costs = [
        SweepPicture.Cost(
          name: "adam:lr=0.001", millisecondsPerStep: 8.25, stateBytes: 1_064_960,
          stepsToTarget: 780, secondsToTarget: 6.4),
        SweepPicture.Cost(
          name: "magma(adam):lr=0.01", millisecondsPerStep: 8.1, stateBytes: 1_065_000,
          stepsToTarget: nil, secondsToTarget: nil),
      ]
    }
    return picture
  }

  private static func points(_ arm: Int) -> [SweepChart.Point] {
    let rates = [1e-4, 3.162e-4, 1e-3, 3.162e-3, 1e-2]
    let losses = [
      [1.9, 1.1, 0.752, 0.8, nil], [2.8, 2.1, 1.4, 1.0, 0.852], [2.9, 2.2, 1.5, 1.1, 0.95],
    ]
    return zip(rates, losses[arm]).map { rate, loss in
      SweepChart.Point(
        learningRate: rate, loss: loss, interval: loss.map { $0 - 0.03...$0 + 0.03 })
    }
  }

  static func verdict() -> Verdict {
    func runs(_ shift: Double) -> [SeedRun] {
      (3..<11).map { seed in
        SeedRun(
          seed: UInt64(seed), finalLoss: 1 + shift + 0.01 * Fake.noise(seed, Int(shift * 100)),
          finalStep: 800)
      }
    }
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    let sweep = SweepRecord(rates: 5, seedsPerRate: 3, steps: 800)
    (conduct.subjectSweep, conduct.referenceSweep) = (sweep, sweep)
    (conduct.tuningSeeds, conduct.isRepeatIdentical) = ([0, 1, 2], true)
    return Verdict.judge(
      ComparisonInput(
        setting: ComparisonSetting(
          model: "micro model", data: "the built-in language", budget: 800, declaredSeeds: 8),
        subject: ArmResults(name: "magma(adam):lr=0.01", runs: runs(0.1)),
        reference: ArmResults(name: "adam:lr=0.001", runs: runs(0)), conduct: conduct)
    )
  }

  static func state(_ picture: SweepPicture?) throws -> ExplorerState {
    var state = try Fake.running()
    press(&state, "4")
    if let picture { _ = reduce(&state, .sweep(picture)) }
    _ = reduce(&state, .tick(60))
    return state
  }

  @Test(arguments: [Window(80, 24), Window(120, 40), Window(40, 12)])
  func screenLooksAsRecorded(_ window: Window) throws {
    try expectGolden("sweep-none-\(window.name)", Self.state(nil), window.size)
    try expectGolden("sweep-tuning-\(window.name)", Self.state(Self.picture(.tuning)), window.size)
    let judged = Self.picture(.finished, verdicts: [Self.verdict()])
    try expectGolden("sweep-judged-\(window.name)", Self.state(judged), window.size)
  }

  @Test(arguments: [Window(80, 24), Window(120, 40)])
  func formLooksAsRecorded(_ window: Window) throws {
    var state = try Self.state(nil)
    _ = reduce(&state, .key(.enter))
    try expectGolden("sweep-form-\(window.name)", state, window.size)
  }

  @Test func verdictInFullHasSentenceFiguresAndChecklist() throws {
    var state = try Self.state(Self.picture(.finished, verdicts: [Self.verdict()]))
    press(&state, "v")
    try expectGolden("sweep-verdict-120x40", state, Window(120, 40).size)
  }

  @Test func theFormDeclaresASweepWithItsControl() throws {
    var state = try Self.state(nil)
    _ = reduce(&state, .key(.enter))
    let effects = reduce(&state, .key(.enter))
    guard case .sweep(.start(let request)) = effects.last else {
      return #expect(Bool(false), "Enter starts the sweep: \(effects)")
    }
    #expect(effects.first == .command(.pause), "the run gives the cores away")
    #expect(request.grids == ["lr=1e-4..1e-2:5:log"])
    #expect((request.tuningSeeds, request.judgingSeeds) == (3, 8))
    #expect(
      request.configuration.arms.map(\.name) == ["adam", "magma(adam)", "matched(magma(adam))"])
    #expect(state.sweep?.stage == .preparing)
  }

  @Test func aGridThatCannotBeSweptIsRefusedInTheForm() throws {
    var state = try Self.state(nil)
    _ = reduce(&state, .key(.enter))
    // The focus is on the lowest value: What is typed replaces it, and 1x is no rate.
    press(&state, "1x")
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .form(let form) = state.modal else { return #expect(Bool(false), "it stays open") }
    #expect(form.errors["sweep.low"] != nil)
  }

  @Test func theGridIsExtendedWhereABestValueLiesAtItsEdge() throws {
    var state = try Self.state(Self.picture(.tuning))
    #expect(reduce(&state, .key(.character("E"))).isEmpty, "not while it is under way")
    var inside = Self.picture(.finished)
    for arm in inside.arms.indices { inside.arms[arm].edgeKeys = [] }
    _ = reduce(&state, .sweep(inside))
    #expect(reduce(&state, .key(.character("E"))).isEmpty, "not where no edge is")
    #expect(state.message?.text.contains("edge") == true)
    let edged = Self.picture(.finished)
    _ = reduce(&state, .sweep(edged))
    let effects = reduce(&state, .key(.character("E")))
    #expect(effects.last == .sweep(.extend(directory: edged.directory, by: 3)))
    #expect(state.sweep?.stage == .preparing)
    var watched = try Fake.state()
    #expect(watched.watchSweep("there") == [.sweep(.watch(directory: "there"))])
    #expect(watched.screen == .sweep && watched.runNumber == 1, "no run is started")
  }

  @Test func aLineDeclaresASweepToo() throws {
    var state = try Fake.running()
    press(&state, ":sweep lr=1e-3..1e-1:3 tuning=2 judging=6 steps=50 out=here margin=0")
    guard case .sweep(.start(let request)) = reduce(&state, .key(.enter)).last else {
      return #expect(Bool(false), "the line starts the sweep")
    }
    #expect(state.screen == .sweep)
    #expect(request.grids == ["lr=1e-3..1e-1:3"])
    #expect((request.tuningSeeds, request.judgingSeeds, request.margin) == (2, 6, .absolute(0)))
    #expect((request.configuration.steps, request.directory) == (50, "here"))
  }

  @Test(arguments: ["lr", "lr=3", "tuning=2", "lr=1e-3..1e-1:3 tuning=x", "pause now"])
  func aLineThatMakesNoSenseIsExplained(_ text: String) throws {
    var state = try Fake.running()
    press(&state, ":sweep " + text)
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .command(let line) = state.modal else { return #expect(Bool(false)) }
    #expect(line.error?.contains("wants grids such as lr=1e-4..1e-2:5") == true)
  }

  @Test func spacePausesTheSweepAndNotTheRun() throws {
    var state = try Self.state(Self.picture(.tuning))
    #expect(reduce(&state, .key(.character(" "))) == [.sweep(.pause)])
    #expect(reduce(&state, .key(.character(" "))) == [.command(.pause), .sweep(.goOn)])
    press(&state, "1")
    #expect(reduce(&state, .key(.character(" "))) == [.command(.resume)])
  }

  @Test func oneSweepAtATime() throws {
    var state = try Self.state(Self.picture(.judging))
    #expect(reduce(&state, .key(.enter)).isEmpty)
    #expect(state.modal == nil)
    press(&state, ":sweep stop")
    #expect(reduce(&state, .key(.enter)) == [.sweep(.stop)])
    _ = reduce(&state, .sweep(Self.picture(.stopped)))
    press(&state, ":sweep resume")
    #expect(
      reduce(&state, .key(.enter)).last == .sweep(.join(directory: "sweeps/20260102-lr")))
  }

  @Test func knobsDoNotTurnBehindTheSweep() throws {
    var state = try Self.state(Self.picture(.tuning))
    for key in ["+", "-", "0", "s", "S"] {
      #expect(reduce(&state, .key(.character(Character(key)))).isEmpty)
    }
    #expect(state.draft.arms == state.configuration.arms)
  }
}
