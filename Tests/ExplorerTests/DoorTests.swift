import Explorer
import RunModel
import TerminalUI
import Testing

/// What the command line reaches without the form.
@Suite struct DoorTests {
  @Test func aFilterOfAMegabyteIsSaidInAFewWords() throws {
    var state = try Fake.running()
    press(&state, "3/")
    _ = reduce(&state, .key(.pasted(String(repeating: "x", count: 1 << 20))))
    _ = reduce(&state, .key(.enter))
    let frame = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(frame.contains("no block matches 'xxx") && frame.contains("x~'"))
  }

  @Test(arguments: [Window(40, 12), Window(60, 18), Window(120, 40)])
  func aLongMessageIsReadWholeInAnyWindow(_ window: Window) throws {
    var state = try Fake.running()
    _ = reduce(&state, .resize(window.size))
    let path = "/home/somebody/with/a/rather/long/name/exports/2026-11-29-first-look-340.svg"
    _ = reduce(&state, .stored(.exported(path: path)))
    let frame = view(state, size: window.size).buffer.plainText()
    let joined = frame.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }
      .joined()
    #expect(joined.contains(path), "\(frame)")
  }

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

  @Test func theCommandOfAChangedRunSaysThatChangesAreNotInIt() throws {
    var state = try Fake.running()
    let change = Intervention(
      arm: nil, step: 20, key: "mask", oldValue: .number(0.5), newValue: .number(0.3))
    _ = reduce(&state, .run(RunBatch(run: 1, events: [.journaled(JournalEntry(change))])))
    #expect(type("command", into: &state) == [.copy("magmascope train --preset first-look")])
    guard case .note(let title, _, _) = state.modal else { return #expect(Bool(false)) }
    #expect(title == "trains this run as it began: live changes are not in it")
  }

  @Test func theModelsOfARecordedRunWrite() throws {
    var state = try Fake.running()
    #expect(type("sample", into: &state).isEmpty && state.message?.isAlert == true)
    _ = reduce(&state, .recorded(run: 1, directory: "/runs/here", archive: NoRows()))
    #expect(
      type("sample once upon", into: &state) == [
        .sample(directory: "/runs/here", prompt: "once upon", run: 1)
      ])
    let texts = [("a", "adam"), ("m", "magma(adam)")].map {
      ModelText(letter: $0.0, name: $0.1, step: 320, text: "once upon \($0.0) time")
    }
    _ = reduce(&state, .texts(run: 1, prompt: "once upon", texts))
    let text = view(state, size: Size(width: 80, height: 24)).buffer.plainText()
    for part in ["a adam, step 320", "once upon a time", "m magma(adam), step 320"] {
      #expect(text.contains(part), "\(text)")
    }
    _ = reduce(&state, .key(.escape))
    press(&state, "?")
    _ = reduce(&state, .texts(run: 1, prompt: "once upon", texts))
    guard case .help = state.modal else { return #expect(Bool(false)) }
  }

  private struct NoRows: RowArchive {
    var newestStep: Int { 0 }
    func rows(in steps: ClosedRange<Int>) -> RunRows { RunRows(blockCount: 18) }
  }

  @Test func aHiddenArmIsSaidToBeJudgedAllTheSame() throws {
    var state = try Fake.running()
    _ = reduce(&state, .key(.tab))
    press(&state, "j ")
    #expect(state.message?.text == "m magma(adam) is hidden: it trains on, and verdicts count it")
    press(&state, "v")
    let text = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(text.contains("Hidden from the charts, judged all the same: m magma(adam)."))
    _ = reduce(&state, .key(.escape))
    press(&state, " ")
    #expect(state.message?.text == "m magma(adam) is shown again")
    press(&state, "v")
    #expect(!view(state, size: Size(width: 120, height: 40)).buffer.plainText().contains("Hidden"))
  }

  @Test(arguments: [(80, 24), (120, 40), (60, 18)])
  func theCrosshairNamesTheLossesOfAllArmsWhole(_ width: Int, _ height: Int) throws {
    var state = try Fake.running()
    press(&state, ":goto 60")
    _ = reduce(&state, .key(.enter))
    press(&state, "i")
    let text = view(state, size: Size(width: width, height: height)).buffer.plainText()
    #expect(state.crosshairParts.count == 4)
    for part in state.crosshairParts { #expect(text.contains(part), "\(part)\n\(text)") }
  }

  @Test func theDifferenceOfLossesFollowsAxisAndZoom() throws {
    var state = try Fake.running()
    let plain = difference(state)
    #expect(plain.contains("step"))
    press(&state, "z")
    #expect(difference(state).contains("step") && difference(state) != plain)
    press(&state, "x")
    #expect(difference(state).contains("250k"), "tokens")
    press(&state, "x")
    #expect(difference(state) == plain, "seconds are not what paired arms share")
  }

  /// The rows of the panel of differences.
  private func difference(_ state: ExplorerState) -> String {
    let rows = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
      .split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let title = Array("┌─ loss of m")
    for (top, row) in rows.enumerated() {
      guard let left = row.indices.first(where: { row[$0...].starts(with: title) }),
        let right = row[(left + 1)...].firstIndex(of: "┐")
      else { continue }
      let bottom = rows[(top + 1)...].firstIndex { $0[left] == "└" } ?? rows.count
      return rows[top..<bottom].map { String($0[left...right]) }.joined(separator: "\n")
    }
    return ""
  }

  @Test func glyphsAreChangedWhileItRuns() throws {
    var state = try Fake.running()
    #expect(type("glyphs ascii", into: &state) == [.redraw, .remember(["glyphs": "ascii"])])
    let text = view(state, size: Size(width: 120, height: 40)).buffer.plainText()
    #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
  }
}

/// What the models write beside the other panels of Compare.
@Suite struct TextPanelTests {
  private struct NoRows: RowArchive {
    var newestStep: Int { 0 }
    func rows(in steps: ClosedRange<Int>) -> RunRows { RunRows(blockCount: 18) }
  }

  private func comparing() throws -> ExplorerState {
    var state = try Fake.running(to: 340)
    _ = reduce(&state, .resize(Size(width: 200, height: 60)))
    _ = reduce(&state, .recorded(run: 1, directory: "/runs/here", archive: NoRows()))
    return state
  }

  private func texts(_ step: Int) -> [ModelText] {
    ["a", "m"].map { ModelText(letter: $0, name: "", step: step, text: "\($0) at \(step)") }
  }

  private func screen(_ state: ExplorerState) -> String {
    view(state, size: Size(width: 200, height: 60)).buffer.plainText()
  }

  @Test func inALowerWindowTextsFillTheScreenBehindOneKey() throws {
    var state = try comparing()
    _ = reduce(&state, .resize(Size(width: 120, height: 40)))
    press(&state, "2")
    #expect(!ScreenLayout(state, size: state.size).places.map(\.id).contains(.texts))
    let effects = reduce(&state, .key(.backTab))
    #expect(ScreenLayout(state, size: state.size).places.map(\.id) == [.texts])
    #expect(effects == [.sample(directory: "/runs/here", prompt: nil, run: 1)])
  }

  @Test func textsAreAskedForOnceAnEvaluationWhileTheyAreOnTheScreen() throws {
    var state = try comparing()
    let ask = Effect.sample(directory: "/runs/here", prompt: nil, run: 1)
    #expect(reduce(&state, .tick(10)).isEmpty, "not on the screen")
    #expect(reduce(&state, .key(.character("2"))) == [ask])
    #expect(screen(state).contains("no text yet"))
    #expect(reduce(&state, .tick(10.5)).isEmpty)
    let evaluated = try #require(state.live.arms[0].seeds[0].evaluations.last?.step)
    #expect(reduce(&state, .texts(run: 1, prompt: nil, texts(evaluated - 40))).isEmpty)
    #expect(reduce(&state, .tick(12)) == [ask], "an older checkpoint was read")
    #expect(reduce(&state, .texts(run: 1, prompt: nil, texts(evaluated))).isEmpty)
    #expect(reduce(&state, .tick(14)).isEmpty)
    #expect(screen(state).contains("m at \(evaluated)"))
    let later = Fake.batch(state.configuration, steps: 341...400)
    #expect(reduce(&state, .run(later)).isEmpty, "steps come more often than frames")
    #expect(reduce(&state, .tick(16)) == [ask])
    let still = Fake.batch(state.configuration, steps: 401...440)
    _ = reduce(&state, .run(still))
    #expect(reduce(&state, .tick(19)).isEmpty, "the models still write")
    var asks = 0
    for second in 20...60 {
      asks += reduce(&state, .texts(run: 1, prompt: nil, texts(evaluated))) == [ask] ? 1 : 0
      asks += reduce(&state, .tick(Double(second))) == [ask] ? 1 : 0
    }
    #expect(asks == 3, "a checkpoint that never comes is not asked for on")
  }

  @Test func aPastStepShowsWhatHadBeenWrittenByThen() throws {
    var state = try comparing()
    press(&state, "2")
    for step in [120, 280] { _ = reduce(&state, .texts(run: 1, prompt: nil, texts(step))) }
    _ = reduce(&state, .texts(run: 7, prompt: nil, texts(300)))
    #expect(screen(state).contains("a at 280") && !screen(state).contains("at 300"))
    for (step, shown) in [(279, "a at 120"), (100, "nothing was written by this step")] {
      press(&state, ":goto \(step)")
      _ = reduce(&state, .key(.enter))
      #expect(screen(state).contains(shown), "\(step)")
    }
  }
}
