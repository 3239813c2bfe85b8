import Explorer
import RunModel
import TerminalUI
import Testing

@Suite struct ProbeCommandTests {
  @Test func theCommandMeasuresOnceOrAgainAndAgain() throws {
    var state = try Fake.running()
    press(&state, ":probe curvature")
    #expect(reduce(&state, .key(.enter)) == [.command(.probe(.curvature))])
    press(&state, ":probe sharpness 50")
    #expect(reduce(&state, .key(.enter)) == [.command(.probeEvery(.sharpness, 50))])
    press(&state, ":probe sharpness:20")
    #expect(reduce(&state, .key(.enter)) == [.command(.probeEvery(.sharpness, 20))])
    press(&state, ":probe sharpness off")
    #expect(reduce(&state, .key(.enter)) == [.command(.probeEvery(.sharpness, nil))])
  }

  /// A run kept in a directory, as the explorer shows it.
  private func kept(isOver: Bool = false, isWatched: Bool = false) throws -> ExplorerState {
    var state = try Fake.running()
    let batch = Fake.batch(state.configuration, steps: 1...340)
    let shown = ShownRun(
      directory: "/runs/one", configuration: state.configuration, events: batch.events,
      archive: nil, phase: isOver ? .finished(.completed) : .paused, isWatched: isWatched)
    _ = reduce(&state, .opened(run: 1, shown))
    _ = reduce(&state, .run(batch))
    return state
  }

  private func entered(_ command: String, _ state: inout ExplorerState) -> [Effect] {
    press(&state, command)
    return reduce(&state, .key(.enter))
  }

  private func again(_ cadence: ProbeCadence) -> Effect {
    .computeAgain(.probe(cadence), directory: "/runs/one", run: 1)
  }

  @Test func aPastStepIsMeasuredByComputingItAgain() throws {
    var state = try kept()
    #expect(entered(":probe curvature", &state) == [.command(.probe(.curvature))])
    press(&state, ",,,")
    let there = ProbeCadence(.curvature, along: 337...337)
    #expect(entered(":probe curvature", &state) == [again(there)])
    #expect(state.message?.text.contains("measuring curvature at step 337") == true)
    #expect(reduce(&state, .key(.escape)) == [.stopReplay])
    _ = reduce(&state, .computedAgain(run: 1, .success("given up: nothing was measured")))
    #expect(state.message?.text == "given up: nothing was measured")
    #expect(reduce(&state, .key(.escape)).isEmpty)
    for (isOver, isWatched) in [(true, false), (false, true), (true, true)] {
      state = try kept(isOver: isOver, isWatched: isWatched)
      let end = ProbeCadence(.sharpness, along: 340...340)
      #expect(entered(":probe sharpness", &state) == [again(end)])
    }
  }

  @Test func aStretchIsMeasuredWhereverTheRunStands() throws {
    var state = try kept()
    let coarse = ProbeCadence(.curvature, along: 100...200)
    #expect(entered(":probe curvature 100..200", &state) == [again(coarse)])
    #expect(
      entered(":probe curvature 100..200 every 5", &state).isEmpty, "one thing at a time")
    #expect(entered(":rewind 20", &state).isEmpty && state.modal == nil)
    _ = reduce(&state, .computedAgain(run: 1, .success("measured")))
    let fine = ProbeCadence(.curvature, along: 100...200, every: 5)
    #expect(entered(":probe curvature 100..200 every 5", &state) == [again(fine)])
    let trouble = RunError(.input, "is another text", place: "/a.txt", remedy: "put it back")
    _ = reduce(&state, .computedAgain(run: 1, .failure(trouble)))
    #expect(state.message?.text == trouble.description && state.message?.isAlert == true)
    for steps in ["0..341", "341..341"] {
      #expect(entered(":probe curvature " + steps, &state).isEmpty)
      #expect(state.message?.text == "step 341 is not in the run: 0...340")
    }
    state = try kept(isOver: true)
    #expect(entered(":probe curvature 50", &state).isEmpty)
    #expect(state.message?.text.contains("along the past") == true)
  }

  @Test func aRunThatIsNotRecordedHasNoPastToMeasure() throws {
    var state = try Fake.running()
    press(&state, ",")
    #expect(entered(":probe curvature", &state).isEmpty)
    #expect(state.message?.text.contains("not recorded") == true)
  }

  @Test func readingsFromAfterwardsLieBetweenTheOthers() throws {
    var state = try kept()
    for (step, value) in [(300, 1.0), (100, 2.0), (200, 3.0), (200, 3.0)] {
      let reading = ProbeReading(
        kind: .sharpness, arm: ArmID(1), step: step,
        figures: [.init(name: "largestEigenvalue", value: value)], cpuSeconds: 0.5)
      _ = reduce(&state, .run(RunBatch(run: 1, events: [.probed(reading)])))
    }
    #expect(state.live.probes.history(.sharpness, ArmID(1)).map(\.step) == [100, 200, 300])
    _ = entered(":goto 250", &state)
    #expect(state.shown.probes.latest(.sharpness, ArmID(1))?.step == 200)
  }

  @Test(arguments: [
    "curvatur", "curvature 0", "curvature often", "", "curvature 5..3", "curvature 3..5 every",
    "curvature 3..5 every 0", "curvature 3..5 each 2", "curvature 50 60",
  ])
  func whatIsNotUnderstoodIsNotSent(_ argument: String) throws {
    var state = try Fake.running()
    press(&state, ":probe " + argument)
    #expect(reduce(&state, .key(.enter)).isEmpty)
    guard case .command(let line) = state.modal else { return #expect(Bool(false)) }
    #expect(line.error?.isEmpty == false)
  }

  @Test func theInspectorShowsTheLatestReadingOfItsArm() throws {
    var state = try Fake.running()
    for (arm, value) in [(0, 111.0), (1, 222.0), (1, 333.0)] {
      let reading = ProbeReading(
        kind: .sharpness, arm: ArmID(arm), step: 340,
        figures: [.init(name: "largestEigenvalue", value: value)], cpuSeconds: 0.5)
      _ = reduce(&state, .run(RunBatch(run: 1, events: [.probed(reading)])))
    }
    press(&state, "3")
    let text = view(state, size: Size(width: 200, height: 60)).buffer.plainText()
    #expect(text.contains("sharpness 333"))
    #expect(!text.contains("sharpness 222") && !text.contains("sharpness 111"))
  }
}
