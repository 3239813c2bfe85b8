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

  @Test(arguments: ["curvatur", "curvature 0", "curvature often", ""])
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
