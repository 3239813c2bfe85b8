import History
import RunModel
import Testing

@Suite struct RunHistoryTests {
  /// Streams of a run that may overtake one another: rows by arm and seed, evaluations, the rest.
  private func streams(_ run: SyntheticRun, upTo end: Int) -> [[(RunHistory) -> Void]] {
    var streams: [[(RunHistory) -> Void]] = []
    for arm in run.roster {
      for seed in run.configuration.seedValues {
        streams.append(
          (1...end).map { step in
            { history in
              var rows = RunRows(blockCount: run.blockCount)
              let (row, blocks) = run.row(arm.id, seed, step)
              rows.append(row, blocks: blocks)
              history.append(rows)
            }
          })
      }
    }
    let events = run.events(upTo: end).dropFirst().map { event in
      { (history: RunHistory) in history.append([event]) }
    }
    streams.append(events)
    return streams
  }

  @Test(arguments: 1...5)
  func whatTheStreamsTellIsTheSameInAnyInterleaving(_ seed: UInt64) throws {
    let run = try SyntheticRun()
    let expected = run.history(upTo: 120)
    let history = RunHistory(run.configuration)
    history.append([.started(run.summary)])
    var random = Draws(state: seed)
    var rest = streams(run, upTo: 120).map { $0[...] }
    while !rest.isEmpty {
      let place = random.next(below: rest.count)
      let count = random.next(below: 7)
      for deliver in rest[place].prefix(count) { deliver(history) }
      rest[place] = rest[place].dropFirst(count)
      if rest[place].isEmpty { rest.remove(at: place) }
    }
    #expect(history.newestStep == 120)
    for step in [0, 1, 36, 37, 38, 64, 99, 119, 120] {
      let isSame = history.moment(at: step).agrees(with: expected.moment(at: step))
      #expect(isSame, "step \(step)")
    }
  }

  @Test(arguments: [
    HistoryBudget(), HistoryBudget(rows: 1 << 16, keyframes: 1),
    HistoryBudget(rows: 0, keyframes: 0),
  ])
  func aPastMomentIsTheOneThatStoodThere(_ budget: HistoryBudget) throws {
    let run = try SyntheticRun()
    let history = run.history(upTo: 3_000, budget: budget)
    history.archive = FakeArchive(run, upTo: 2_990)
    var random = Draws(state: 5)
    var steps = (0..<12).map { _ in random.next(below: 3_000) }
    // The keys of scrubbing: a step back and forth, from wherever it is.
    for step in steps.prefix(4) {
      steps += [step - 1, step - 2, step - 1, step + 1].map { max(0, $0) }
    }
    for step in steps {
      let then = run.history(upTo: step).moment()
      let now = history.moment(at: step)
      let isSame = now.agrees(with: then)
      #expect(isSame, "step \(step)")
      #expect(now.phase == .paused && now.isPast && now.newestStep == 3_000)
    }
  }

  @Test func steppingBackAndForthReadsFewRowsAgain() throws {
    let run = try SyntheticRun(steps: 40_000)
    let history = run.history(upTo: 20_000, budget: HistoryBudget(rows: 1, keyframes: 1 << 20))
    let archive = FakeArchive(run, upTo: 20_000)
    history.archive = archive
    _ = history.moment(at: 10_000)
    let first = archive.readCount
    for step in (9_900..<10_000).reversed() { _ = history.moment(at: step) }
    for step in 9_900...9_999 { _ = history.moment(at: step) }
    #expect(archive.readCount - first < 4 * first + 2_000)
  }

  @Test func withoutAnArchiveTheMomentSaysWhereHistoryBegins() throws {
    let run = try SyntheticRun()
    let history = run.history(upTo: 5_000, budget: HistoryBudget(rows: 1 << 20, keyframes: 1 << 20))
    let moment = history.moment(at: 100)
    guard case .noHistoryBefore(let first) = moment.gap else {
      Issue.record("rows are claimed that are gone")
      return
    }
    #expect(moment.arms.allSatisfy { $0.track == nil })
    #expect(moment.arms[0].seeds[0].evaluations.last?.step == 100)
    #expect((2..<5_000).contains(first))
    for step in [first, first + 1, (first + 5_000) / 2, 4_999] {
      let isSame = history.moment(at: step).agrees(with: run.history(upTo: step).moment())
      #expect(isSame, "step \(step)")
    }
  }

  @Test func aRunWithoutRowsSaysSo() throws {
    let run = try SyntheticRun()
    let history = RunHistory(run.configuration)
    history.append(run.events(upTo: 40))
    #expect(history.moment(at: 20).gap == .notRecorded)
    #expect(history.moment(at: 20).arms[1].seeds[1].evaluations.count == 3)
  }

  @Test func aChangeIsInForceFromItsStepOn() throws {
    let history = try SyntheticRun().history(upTo: 100)
    #expect(history.moment(at: 36).arms[1].specification.number("mask") == 0.5)
    #expect(!history.moment(at: 36).isExploratory)
    #expect(history.moment(at: 37).arms[1].specification.number("mask") == 0.7)
    #expect(history.moment(at: 73).arms[1].specification.number("mask") == 0.7)
    #expect(history.moment(at: 74).arms[1].specification.number("mask") == 0.4)
    #expect(history.moment(at: 74).arms[0].specification.values["mask"] == nil)
  }

  @Test func aMarkMayBeWrittenOnAStepLongPast() throws {
    let history = try SyntheticRun().history(upTo: 30)
    #expect(history.moment(at: 12).journal.isEmpty)
    history.append([.journaled(JournalEntry(.mark, step: 12, text: "here"))])
    #expect(history.moment(at: 11).journal.isEmpty)
    #expect(history.moment(at: 12).journal.map(\.text) == ["here"])
  }

  @Test func readingsMayComeInAnyOrderAndAPlaceHasOne() throws {
    let run = try SyntheticRun()
    func reading(_ step: Int, _ value: Double) -> RunEvent {
      .probed(
        ProbeReading(
          kind: .sharpness, arm: ArmID(1), step: step,
          figures: [.init(name: "largestEigenvalue", value: value)], cpuSeconds: 1))
    }
    let history = RunHistory(run.configuration)
    history.append(run.rows(1...400))
    history.append([30, 10, 400, 20, 25].map { reading($0, Double($0)) } + [reading(20, 21)])
    func steps(at step: Int) -> [Int] {
      history.moment(at: step).probes.history(.sharpness, ArmID(1)).map(\.step)
    }
    #expect(steps(at: 400) == [10, 20, 25, 30, 400])
    #expect(steps(at: 25) == [10, 20, 25] && steps(at: 9).isEmpty)
    let latest = history.moment(at: 22).probes.latest(.sharpness, ArmID(1))
    #expect(latest?.figure("largestEigenvalue") == 21)
    history.append((0..<400).reversed().map { reading($0, 0) })
    let kept = steps(at: 400)
    #expect(kept == kept.sorted() && Set(kept).count == kept.count)
    #expect(kept.count <= 256 && kept.last == 400)
  }

  @Test func countsAndDistancesAreSumsOverEveryStep() throws {
    var run = try SyntheticRun()
    run.weighsEvery = 10
    let moment = run.history(upTo: 1_000).moment(at: 777)
    let track = try #require(moment.arms[1].seeds[1].track)
    let rows = (1...777).map { run.row(ArmID(1), 8, $0).1[3] }
    #expect(track.blocks[3].maskedCount == 777)
    #expect(track.blocks[3].droppedSum == Double(rows.count { $0.keptShare == 0 }))
    #expect(track.blocks[3].distance == rows.reduce(0.0) { $0 + Double($1.updateNorm) })
    #expect(track.blocks[3].weightNorm == 2 && track.blocks[0].maskedCount == 0)
    #expect(track.coins.fairKeep == 0.5 && track.coins.dropsUpdates)
    #expect(moment.arms[0].track?.coins.dropsUpdates == false)
    #expect(track.maskableCount == 4 * 777)
  }

  @Test func anArmThatDivergedStandsWhereItStopped() throws {
    var run = try SyntheticRun()
    run.endings[ArmID(1)] = 40
    let history = run.history(upTo: 500)
    let diverged = run.configuration.seedValues.map {
      RunEvent.journaled(JournalEntry(.diverged, step: 41, arm: ArmID(1), seed: $0))
    }
    history.append(diverged)
    #expect(history.newestStep == 500)
    #expect(history.moment(at: 40).arms[1].divergedStep == nil)
    let after = history.moment(at: 300)
    #expect(after.gap == nil && after.arms[1].divergedStep == 41)
    #expect(after.arms[1].track?.step == 40 && after.arms[0].track?.step == 300)
  }

  @Test func anArmThatJoinsLateHasItsOwnStepsInEveryMoment() throws {
    let run = try SyntheticRun(["adam", "magma(adam)", "skip(adam)"], seeds: 1)
    var early = run
    early.endings[ArmID(2)] = 0
    let history = early.history(upTo: 400)
    _ = history.moment(at: 250)
    var rows = RunRows(blockCount: run.blockCount)
    for step in 1...400 {
      let (row, blocks) = run.row(ArmID(2), 7, step)
      rows.append(row, blocks: blocks)
    }
    history.append(rows)
    for step in [1, 128, 250, 399] {
      #expect(history.moment(at: step).arms[2].track?.step == step)
    }
  }

  @Test func aHistoryReadFromAnArchiveIsTheOneThatWasLive() throws {
    let run = try SyntheticRun()
    let opened = RunHistory(run.configuration, archive: FakeArchive(run, upTo: 1_500))
    opened.append(run.events(upTo: 1_500))
    opened.readArchive()
    let live = run.history(upTo: 1_500)
    for step in [0, 7, 800, 1_499, 1_500] {
      let isSame = opened.moment(at: step).agrees(with: live.moment(at: step))
      #expect(isSame, "step \(step)")
    }
  }

  @Test func rowsOfAStepAreThoseOfThatVeryStep() throws {
    let run = try SyntheticRun()
    let history = run.history(upTo: 200)
    #expect(history.rows(at: 123).map(\.trainLoss) == run.rows(123...123).steps.map(\.trainLoss))
    #expect(history.rows(at: 0).isEmpty)
  }
}

/// Steele, Lea and Flood's generator, so that a failing seed fails again.
struct Draws {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}
