import Explorer
import RunModel
import TerminalUI
import Testing

/// What the command line reaches without the form.
@Suite struct DoorTests {
  private func type(_ line: String, into state: inout ExplorerState) -> [Effect] {
    press(&state, ":" + line)
    return reduce(&state, .key(.enter))
  }

  private func started(_ effects: [Effect]) -> RunConfiguration? {
    for effect in effects {
      if case .start(let configuration, _) = effect { return configuration }
    }
    return nil
  }

  @Test func modelSeedsStepsAndTextStartAnew() throws {
    var state = try Fake.running()
    #expect(started(type("model tiny", into: &state))?.model.size == .tiny)
    #expect(started(type("seeds 6", into: &state))?.seeds == 6)
    #expect(started(type("steps 2000", into: &state))?.steps == 2000)
    let last = started(type("text a.txt", into: &state))
    #expect(last?.data == .file("a.txt"))
    #expect(last?.steps == 2000 && last?.seeds == 6 && last?.model.size == .tiny)
  }

  @Test func thePrecisionIsChosenAndStaysWithAnotherSize() throws {
    var state = try Fake.running()
    #expect(started(type("precision bf16", into: &state))?.model.precision == .bf16)
    let small = try #require(started(type("model nano", into: &state)))
    #expect(small.model.precision == .bf16 && small.model.size == .nano)
    #expect(type("precision fp8", into: &state).isEmpty)
  }

  @Test func armsAreAddedSetAndRemovedByTheirLetters() throws {
    var state = try Fake.running()
    let added = try #require(started(type("arm magma(muon)", into: &state)))
    #expect(added.arms.map(\.name) == ["adam", "magma(adam)", "magma(muon)"])
    state = try Fake.running()
    #expect(
      type("arm m tau=1", into: &state) == [
        .command(.set(arm: ArmID(1), key: "tau", value: .number(1)))
      ])
    #expect(state.draft.arms[1].number("tau") == 1)
    #expect(started(type("arm m off", into: &state))?.arms.map(\.name) == ["adam"])
    #expect(type("arm nonsense", into: &state).isEmpty)
    guard case .command(let line) = state.modal else { return #expect(Bool(false)) }
    #expect(line.error == "usage: :arm SPEC")
    press(&state, ":")
    guard case .command(let fresh) = state.modal else { return #expect(Bool(false)) }
    #expect(fresh.error == nil && fresh.editor.text.isEmpty)
  }

  @Test func theCommandThatReproducesTheRunIsShownAndCopied() throws {
    var state = try Fake.running()
    #expect(type("command", into: &state) == [.copy("magmascope train --preset first-look")])
    var other = state.configuration
    other.steps = 2000
    other.model = ModelConfiguration(size: .tiny)
    other.model.batch = 3
    other.arms = [try Fake.arm("magma(adam):lr=2e-3")]
    #expect(
      CommandText(other, presets: try Fake.presets()).text
        == "magmascope train --preset first-look --model tiny --batch 3 --steps 2000 "
        + "--arm 'magma(adam):lr=2e-3'")
  }

  @Test func glyphsAreChangedWhileItRuns() throws {
    var state = try Fake.running()
    #expect(type("glyphs ascii", into: &state) == [.redraw, .remember(["glyphs": "ascii"])])
    let text = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
  }
}
