import Explorer
import RunModel
import TerminalUI
import Testing

/// The form by its keys, judged by the configuration that it starts.
@Suite struct FormTests {
  private func form(_ state: ExplorerState) throws -> Form {
    guard case .form(let form) = state.modal else {
      throw RunError(.failure, "the form is not open", remedy: "try again")
    }
    return form
  }

  private func opened(_ arms: [String] = ["adam:lr=1e-3", "magma(adam):lr=1e-3"]) throws
    -> ExplorerState
  {
    var state = try Fake.running(arms)
    press(&state, "n")
    return state
  }

  private func key(_ state: inout ExplorerState, _ key: Key, times: Int = 1) {
    for _ in 0..<times { _ = reduce(&state, .key(key)) }
  }

  /// Finds a field by its key, as a person would: `/`, its name, and along the line to the arm.
  private func focus(_ state: inout ExplorerState, _ id: String) throws {
    let name = id.split(separator: ".").last.map(String.init) ?? id
    press(&state, "/" + (name == "base" ? "optimizer" : name))
    key(&state, .enter)
    if let arm = id.first(where: \.isNumber).flatMap({ Int(String($0)) }), id.hasPrefix("arm") {
      for _ in 0..<8 where try form(state).focusedField.id != id {
        let isBefore = try form(state).focusedField.id > "arm\(arm)"
        key(&state, isBefore ? .backTab : .tab)
      }
    }
    #expect(try form(state).focusedField.id == id)
  }

  private func replace(_ state: inout ExplorerState, _ id: String, _ text: String) throws {
    try focus(&state, id)
    key(&state, .control("u"))
    press(&state, text)
  }

  private func started(_ state: inout ExplorerState) throws -> RunConfiguration {
    guard case .start(let configuration, _) = reduce(&state, .key(.enter)).first else {
      throw RunError(
        .failure, "Enter does not start: \(try form(state).errors)", remedy: "try again")
    }
    return configuration
  }

  private func screen(_ state: ExplorerState, _ width: Int, _ height: Int) -> String {
    view(state, size: Size(width: width, height: height)).buffer.plainText()
  }

  @Test func anUntouchedFormGivesTheSameConfigurationBack() throws {
    var state = try opened()
    let present = state.configuration
    let configuration = try started(&state)
    #expect(configuration.steps == present.steps)
    #expect(configuration.arms == (try Fake.configuration()).arms)
    #expect(configuration.model == ModelConfiguration(size: .micro))
    #expect(configuration.schedule == (try Fake.configuration()).schedule)
  }

  @Test(arguments: [
    ("steps", "0"), ("steps", "many"), ("arm1.mask", "1.5"), ("arm0.lr", "-1"), ("warmup", "x%"),
    ("clip", "-2"), ("heads", "3"), ("evaluateEvery", "0"), ("threads", "none"),
  ])
  func wrongValuesAreRefusedWithTheCursorOnThem(_ id: String, _ text: String) throws {
    var state = try opened()
    try replace(&state, id, text)
    key(&state, .tab)
    key(&state, .home)
    #expect(reduce(&state, .key(.enter)).isEmpty)
    let form = try form(state)
    #expect(form.focusedField.id == id)
    #expect(form.errors[id] != nil)
    #expect(screen(state, 40, 12).contains("! '\(text)'") || id == "heads")
  }

  @Test func nOpensItAtTheTopAndMoreIsFoldedUntilEnterOpensIt() throws {
    var state = try opened()
    #expect(try form(state).focusedField.id == "preset")
    let folded = screen(state, 80, 40)
    for label in [
      "preset", "data", "model size", "optimizer", "wrapper", "lr", "mask prob.", "tau",
    ] { #expect(folded.contains(label), "\(label)") }
    #expect(!folded.contains("beta1") && !folded.contains("kv heads"))
    try focus(&state, "arm1.tau")
    key(&state, .down)
    #expect(try form(state).focusedField.id == "arms.more")
    key(&state, .enter)
    #expect(screen(state, 80, 60).contains("beta1"))
    key(&state, .enter)
    #expect(!screen(state, 80, 60).contains("beta1"))
  }

  @Test func homeEndAndPagesMoveThroughTheLines() throws {
    var state = try opened()
    key(&state, .end)
    #expect(try form(state).focusedField.id == "budget.more")
    key(&state, .home)
    #expect(try form(state).focusedField.id == "preset")
    key(&state, .pageDown)
    #expect(try form(state).focusedField.id == "arm1.mask", "eight lines on")
    key(&state, .pageUp)
    #expect(try form(state).focusedField.id == "preset")
    key(&state, .up)
    #expect(try form(state).focusedField.id == "budget.more", "single steps go round")
  }

  @Test func tabGoesFromArmToArmAndArrowsChangeChoices() throws {
    var state = try opened()
    try focus(&state, "arm0.lr")
    key(&state, .tab)
    #expect(try form(state).focusedField.id == "arm1.lr")
    key(&state, .left)
    #expect(try form(state).focusedField.id == "arm0.lr")
    press(&state, "0.02")
    key(&state, .down)
    press(&state, "0.3")
    let arms = try started(&state).arms
    #expect(arms.map { $0.values["lr"] } == [.number(0.02), .number(1e-3)])
    #expect(arms[1].values["mask"] == .number(0.3), "down from lr of the first arm goes to mask")
  }

  @Test func escapeTakesBackWhatIsBeingTypedAndThenLeaves() throws {
    var state = try opened()
    try focus(&state, "arm0.lr")
    press(&state, "7")
    key(&state, .escape)
    #expect(try form(state).text("arm0.lr") == "0.001")
    key(&state, .escape)
    #expect(state.modal == nil)
  }

  @Test func anotherWrapperBringsItsSettings() throws {
    var state = try opened()
    try focus(&state, "arm0.wrapper")
    #expect(try !form(state).fields.contains { $0.id == "arm0.mask" })
    key(&state, .right)
    #expect(try form(state).fields.contains { $0.id == "arm0.mask" })
    try replace(&state, "arm0.mask", "0.25")
    #expect(try started(&state).arms[0].text == "skip(adam):lr=0.001,mask=0.25")
  }

  @Test func anotherWorkloadBringsItsSettingsWithDefaults() throws {
    var state = try opened()
    let other = try #require(Fake.workloads.first { !$0.isLanguage })
    try focus(&state, "workload")
    for _ in Fake.workloads where try form(state).text("workload") != other.name {
      key(&state, .right)
    }
    for setting in other.hyperparameters {
      #expect(try form(state).text("workload.\(setting.key)") == setting.defaultValue.description)
    }
    #expect(try started(&state).workload == other.name)
  }

  @Test func aWrapperKeepsTheTypedRate() throws {
    var state = try opened()
    try replace(&state, "arm0.lr", "0.05")
    try focus(&state, "arm0.wrapper")
    key(&state, .right)
    #expect(try form(state).text("arm0.lr") == "0.05")
  }

  @Test func aReadySizeFillsInItsNumbersAndANumberMakesItCustom() throws {
    var state = try opened()
    try focus(&state, "size")
    key(&state, .right)
    #expect(try form(state).text("width") == "128")
    try replace(&state, "layers", "3")
    #expect(try form(state).text("size") == "custom")
    #expect(try started(&state).model.layers == 3)
  }

  @Test func armsAreAddedDuplicatedAndRemovedInPlace() throws {
    var state = try opened()
    try focus(&state, "arm1.mask")
    press(&state, "0.3")
    key(&state, .down)
    press(&state, "d")
    #expect(try form(state).armCount == 3)
    try replace(&state, "arm2.tau", "1")
    key(&state, .up)
    press(&state, "a")
    try focus(&state, "arm0.lr")
    press(&state, "x")
    let arms = try started(&state).arms
    #expect(arms.map(\.name) == ["magma(adam)", "magma(adam)", "adam"])
    #expect(arms.map { $0.values["mask"] } == [.number(0.3), .number(0.3), nil])
    #expect(arms.map { $0.values["tau"] } == [.number(2), .number(1), nil])
    state = try opened(["adam"])
    press(&state, "x")
    #expect(try form(state).armCount == 1, "the last arm stays")
  }

  @Test func differencesAreMarkedAndAbsentSettingsAreAbsent() throws {
    var state = try opened(["adam:lr=1e-3,beta2=0.99", "magma(adam):lr=2e-3,beta2=0.99"])
    let text = screen(state, 80, 30)
    let rate = try #require(text.split(separator: "\n").first { $0.contains(" lr ") })
    #expect(rate.count { $0 == "*" } == 2, "\(rate)")
    let tau = try #require(text.split(separator: "\n").first { $0.contains(" tau ") })
    #expect(!tau.contains("*") && tau.contains("·"), "one arm has it, the other has none: \(tau)")
    #expect(!text.contains("beta2 "), "equal ones stay folded")
    try focus(&state, "arm1.beta2")
    press(&state, "0.9")
    key(&state, .up)
    key(&state, .home)
    let line = screen(state, 80, 30).split(separator: "\n").first { $0.contains("beta2") }
    #expect(line?.count { $0 == "*" } == 2, "what differs is shown though it lies under more")
  }

  @Test func aPresetReplacesEverythingAndThePresentSettingsComeBack() throws {
    var state = try opened()
    key(&state, .right, times: 2)
    #expect(try form(state).text("preset") == "matched-step")
    #expect(try form(state).armCount == 3)
    key(&state, .left, times: 2)
    #expect(try form(state).armCount == 2)
    key(&state, .right, times: 2)
    #expect(
      try started(&state).arms.map(\.name) == ["adam", "magma(adam)", "matched(magma(adam))"])
  }

  @Test(arguments: [(40, 12), (60, 18), (80, 24), (120, 40), (200, 60)])
  func theFocusedCellIsAlwaysOnTheScreen(_ width: Int, _ height: Int) throws {
    var state = try opened(["adam", "magma(adam)", "matched(magma(adam))", "lion"])
    for _ in 0..<40 where try form(state).focusedField.id != "arms.more" { key(&state, .down) }
    key(&state, .enter)
    key(&state, .home)
    let names = try form(state).fields.count
    for _ in 0..<names {
      key(&state, .tab)
      let field = try form(state).focusedField
      let text = screen(state, width, height)
      #expect(text.contains(field.label.prefix(10)), "\(field.id)")
      if let arm = field.id.dropFirst(3).first?.wholeNumberValue, field.id.hasPrefix("arm") {
        let letter = ["a", "m", "c", "l"][arm]
        #expect(text.contains(" \(letter) "), "\(field.id): whose column it is")
      }
      #expect(text.contains("Enter"), "how to go on")
    }
  }

  @Test func aLongTextSaysWhereItIsCut() throws {
    var state = try opened()
    try focus(&state, "data")
    key(&state, .right)
    try replace(&state, "file", "/a/rather/long/path/to/a/text/that/does/not/fit/corpus.txt")
    #expect(screen(state, 40, 12).contains("~"), "cut at the left while it is typed")
    #expect(screen(state, 40, 12).contains("corpus.txt"))
    key(&state, .down)
    #expect(screen(state, 40, 12).contains("/a/rather/long/pa~"), "cut at the right")
  }

  @Test func tabCompletesAPath() throws {
    var state = try opened()
    try focus(&state, "data")
    key(&state, .right)
    try replace(&state, "file", "te")
    #expect(reduce(&state, .key(.tab)) == [.completePath("te")])
    _ = reduce(&state, .completed("te", ["text-a.txt", "text-b.txt"]))
    #expect(try form(state).text("file") == "text-")
    #expect(screen(state, 80, 24).contains("text-a.txt text-b.txt"))
    press(&state, "b")
    #expect(reduce(&state, .key(.tab)) == [.completePath("text-b")])
    _ = reduce(&state, .completed("text-b", ["text-b.txt"]))
    #expect(try started(&state).data == .file("text-b.txt"))
  }

  @Test func theCostIsAskedForAndSaidAndOldAnswersAreNotBelieved() throws {
    var state = try Fake.running()
    let asked = reduce(&state, .key(.character("n")))
    guard case .estimate(let first) = asked.last else {
      return #expect(Bool(false), "\(asked)")
    }
    #expect(screen(state, 80, 24).contains("measuring what it takes"))
    let figures = RunEstimate.Figures(
      parameters: 132_544, bytes: 9_100_000, tokensPerSecond: 105_000, seconds: 16)
    _ = reduce(&state, .estimated(first, .figures(figures)))
    let said = "133k parameters, 9.1 MB, about 16s, 105k tokens/s"
    #expect(screen(state, 80, 24).contains(said))
    try focus(&state, "steps")
    let effects = reduce(&state, .key(.character("9")))
    guard case .estimate(let second) = effects.last else {
      return #expect(Bool(false), "\(effects)")
    }
    #expect(second.steps == 9 && !screen(state, 80, 24).contains(said))
    _ = reduce(&state, .estimated(first, .figures(figures)))
    #expect(!screen(state, 80, 24).contains(said), "the answer to another question")
    _ = reduce(&state, .estimated(second, .problem("out of memory: make the model smaller")))
    #expect(screen(state, 80, 24).contains("! out of memory"))
  }

  @Test func wKeepsTheSettingsAsAPreset() throws {
    var state = try opened()
    try replace(&state, "steps", "77")
    key(&state, .up)
    press(&state, "w")
    key(&state, .control("u"))
    press(&state, "mine.yaml")
    guard case .savePreset(let kept, let path) = reduce(&state, .key(.enter)).first else {
      return #expect(Bool(false), "Enter writes it")
    }
    #expect(path == "mine.yaml" && kept.steps == 77)
    _ = reduce(&state, .stored(.saved(path: path)))
    #expect(screen(state, 80, 24).contains("kept in mine.yaml"))
  }

  @Test func everyFieldSaysWhatItIsAndWhatItAllows() throws {
    var state = try opened()
    for field in try form(state).fields {
      #expect(!field.help.isEmpty && !field.allowed.isEmpty, "\(field.id)")
      #expect(!field.help.contains(".;"), "\(field.id): \(field.help)")
    }
    try focus(&state, "arm0.base")
    let help = try form(state).focusedField.help
    let last = try #require(help.split(separator: " ").last)
    #expect(!screen(state, 40, 12).contains(last) && screen(state, 40, 12).contains("? all of it"))
    press(&state, "?")
    #expect(screen(state, 40, 12).contains(last), "? shows the rest of what is cut")
  }

  @Test func dataFromAFileNeedsAPath() throws {
    var state = try opened()
    try focus(&state, "data")
    key(&state, .right)
    #expect(reduce(&state, .key(.enter)).isEmpty)
    #expect(try form(state).errors["file"] != nil)
  }
}

@Suite struct NumberTests {
  @Test func figuresAreWrittenShort() {
    #expect(Shown.loss(1.8421) == "1.842")
    #expect(Shown.loss(nil) == "-" && Shown.loss(.nan) == "-")
    #expect(Shown.difference(0.0291) == "+.029" && Shown.difference(-0.0119) == "-.012")
    #expect(Shown.rate(3e-3) == "3.0e-3")
    #expect(Shown.share(0.5) == ".50" && Shown.share(-0.2) == "-.20" && Shown.share(1) == "1.00")
    #expect(Shown.duration(8.2) == "8s" && Shown.duration(131) == "2m11s")
    #expect(Shown.duration(3840) == "1h04m" && Shown.duration(nil) == "-")
    #expect(Shown.count(132_544) == "133k")
  }

  @Test func nudgesStayInTheRange() {
    let mask = Hyperparameter("mask", "", .number(default: 0.5, range: 0...0.999, scale: .linear))
    var value = SettingValue.number(0.5)
    for _ in 0..<40 { value = mask.nudged(value, up: true) }
    #expect(value == .number(0.999))
    for _ in 0..<40 { value = mask.nudged(value, up: false) }
    #expect(value == .number(0))
    let beta = Hyperparameter("beta1", "", .number(default: 0.9, range: 0...0.9999, scale: .linear))
    #expect(beta.nudged(.number(0.9), up: true) == .number(0.95))
  }
}
