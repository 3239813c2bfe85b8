import Explorer
import RunModel
import TerminalUI
import Testing

@Suite struct FormTests {
  private func form(_ state: ExplorerState) throws -> Form {
    guard case .form(let form) = state.modal else {
      throw RunError(.failure, "the form is not open")
    }
    return form
  }

  private func focus(_ state: inout ExplorerState, _ id: String) throws {
    for _ in 0..<200 where try form(state).focusedField.id != id {
      _ = reduce(&state, .key(.tab))
    }
    #expect(try form(state).focusedField.id == id)
  }

  private func replace(_ state: inout ExplorerState, _ id: String, _ text: String) throws {
    try focus(&state, id)
    _ = reduce(&state, .key(.control("u")))
    press(&state, text)
  }

  @Test func anUntouchedFormGivesTheSameConfigurationBack() throws {
    var state = try Fake.running()
    press(&state, "n")
    guard case .start(let configuration, _) = reduce(&state, .key(.enter)).first else {
      return #expect(Bool(false), "Enter starts")
    }
    #expect(configuration.steps == state.configuration.steps)
    #expect(configuration.arms == (try Fake.configuration()).arms)
    #expect(configuration.model == ModelConfiguration(size: .micro))
    #expect(configuration.schedule == (try Fake.configuration()).schedule)
  }

  @Test(arguments: [
    ("steps", "0"), ("steps", "many"), ("arm1.mask", "1.5"), ("arm0.lr", "-1"), ("warmup", "x%"),
    ("clip", "-2"), ("heads", "3"), ("evaluateEvery", "0"), ("threads", "none"),
  ])
  func wrongValuesAreRefusedWithTheCursorOnThem(_ id: String, _ text: String) throws {
    var state = try Fake.running()
    press(&state, "n")
    try replace(&state, id, text)
    _ = reduce(&state, .key(.tab))
    #expect(reduce(&state, .key(.enter)).isEmpty)
    let form = try form(state)
    #expect(form.focusedField.id == id)
    #expect(form.errors[id] != nil)
  }

  @Test func anotherWrapperBringsItsSettings() throws {
    var state = try Fake.running()
    press(&state, "n")
    try focus(&state, "arm0.wrapper")
    #expect(try !form(state).fields.contains { $0.id == "arm0.mask" })
    _ = reduce(&state, .key(.right))
    #expect(try form(state).fields.contains { $0.id == "arm0.mask" })
    try replace(&state, "arm0.mask", "0.25")
    guard case .start(let configuration, _) = reduce(&state, .key(.enter)).first else {
      return #expect(Bool(false), "Enter starts")
    }
    #expect(configuration.arms[0].text == "skip(adam):lr=0.001,mask=0.25")
  }

  @Test func anotherWorkloadBringsItsSettingsWithDefaults() throws {
    var state = try Fake.running()
    press(&state, "n")
    let other = try #require(Fake.workloads.first { !$0.isLanguage })
    try focus(&state, "workload")
    for _ in Fake.workloads where try form(state).text("workload") != other.name {
      _ = reduce(&state, .key(.right))
    }
    for setting in other.hyperparameters {
      #expect(try form(state).text("workload.\(setting.key)") == setting.defaultValue.description)
    }
    guard case .start(let configuration, _) = reduce(&state, .key(.enter)).first else {
      return #expect(Bool(false), "Enter starts")
    }
    #expect(configuration.workload == other.name)
  }

  @Test func aWrapperKeepsTheTypedRate() throws {
    var state = try Fake.running()
    press(&state, "n")
    try replace(&state, "arm0.lr", "0.05")
    try focus(&state, "arm0.wrapper")
    _ = reduce(&state, .key(.right))
    #expect(try form(state).text("arm0.lr") == "0.05")
  }

  @Test func aReadySizeFillsInItsNumbersAndANumberMakesItCustom() throws {
    var state = try Fake.running()
    press(&state, "n")
    try focus(&state, "size")
    _ = reduce(&state, .key(.right))
    #expect(try form(state).text("width") == "128")
    try replace(&state, "layers", "3")
    #expect(try form(state).text("size") == "custom")
  }

  @Test func armsCanBeAddedAndRemoved() throws {
    var state = try Fake.running()
    press(&state, "n")
    try focus(&state, "add")
    _ = reduce(&state, .key(.enter))
    #expect(try form(state).armCount == 3)
    try focus(&state, "remove")
    _ = reduce(&state, .key(.enter))
    _ = reduce(&state, .key(.enter))
    #expect(try form(state).armCount == 1)
  }

  @Test func everyFieldSaysWhatItIsAndWhatItAllows() throws {
    var state = try Fake.running()
    press(&state, "n")
    for field in try form(state).fields {
      #expect(!field.help.isEmpty && !field.allowed.isEmpty, "\(field.id)")
    }
  }

  @Test func dataFromAFileNeedsAPath() throws {
    var state = try Fake.running()
    press(&state, "n")
    try focus(&state, "data")
    _ = reduce(&state, .key(.right))
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
