import RunModel
import Testing

@Suite struct ArmGrammarTests {
  private let grammar = ArmGrammar(catalog: Self.catalog)

  static let catalog = OptimizerCatalog(
    bases: [
      descriptor(
        "adam", .base,
        [
          Hyperparameter(
            "lr", "rate", .number(default: 1e-3, range: 0...10, scale: .logarithmic), isLive: true),
          Hyperparameter("steps", "count", .integer(default: 5, range: 1...9)),
          Hyperparameter("nesterov", "look ahead", .flag(default: true)),
        ]),
      descriptor("rmsprop", .base, []),
    ],
    wrappers: [
      descriptor(
        "magma", .wrapper,
        [
          Hyperparameter("mask", "dropped", .number(default: 0.5, range: 0...0.9, scale: .linear)),
          Hyperparameter(
            "s0", "start", .number(default: 0.5, range: 0...1, scale: .linear), words: ["first"]),
          Hyperparameter("mu", "when", .choice(default: "after", allowed: ["after", "before"])),
          Hyperparameter("scope", "which", .pattern(default: "workload")),
        ]), descriptor("skip", .wrapper, []),
    ], sharedBaseSettings: [], sharedWrapperSettings: [])

  private static func descriptor(
    _ name: String, _ kind: OptimizerDescriptor.Kind, _ hyperparameters: [Hyperparameter]
  ) -> OptimizerDescriptor {
    OptimizerDescriptor(
      name: name, kind: kind, summary: "", equation: "", paper: "",
      hyperparameters: hyperparameters, stateBytesPerElement: 0)
  }

  @Test func readsBasesWrappersAndMatchedControls() throws {
    let base = try grammar.parse("adam")
    #expect(base.base == "adam" && base.wrapper == nil && !base.isMatched)
    #expect(base.number("lr") == 1e-3 && base.writtenKeys.isEmpty)
    let wrapped = try grammar.parse("magma(adam):lr=3e-3,mask=0.25,scope=*q_proj*,s0=first")
    #expect(wrapped.wrapper == "magma" && wrapped.number("mask") == 0.25)
    #expect(wrapped.values["s0"] == .text("first") && wrapped.values["scope"] == .text("*q_proj*"))
    #expect(wrapped.writtenKeys == ["lr", "mask", "scope", "s0"])
    let control = try grammar.parse(" matched( magma(adam) ) : lr = 3e-3 ")
    #expect(control.isMatched && control.wrapper == "magma" && control.number("lr") == 3e-3)
    #expect(control.text == "matched(magma(adam)):lr=3e-3")
  }

  @Test func aControlFollowsTheArmWithTheSameSettingsHoweverWritten() throws {
    let arm = try grammar.parse("magma(adam):lr=1e-2")
    #expect(arm.isFollowed(by: try grammar.parse("matched(magma(adam)):lr=0.01,mask=0.5")))
    #expect(!arm.isFollowed(by: try grammar.parse("matched(magma(adam)):lr=0.02")))
    #expect(!arm.isFollowed(by: try grammar.parse("magma(adam):lr=1e-2")))
  }

  @Test func canonicalTextReadsBackTheSame() throws {
    for text in ["adam:lr=1e-8,nesterov=false", "matched(magma(adam)):s0=first,mask=0.25"] {
      let arm = try grammar.parse(text)
      let again = try grammar.parse(arm.canonicalText)
      #expect(again.values == arm.values && again.name == arm.name)
    }
    let changed = try grammar.parse("adam").setting("lr", to: .number(0.5))
    #expect(changed.text == "adam:lr=0.5")
  }

  @Test(arguments: [
    ("", "is empty"), ("adm", "did you mean 'adam'?"), ("mgama(adam)", "did you mean 'magma'?"),
    ("magma", "write magma(adam)"), ("matched(adam)", "nothing to match"),
    ("magma(skip(adam))", "nests too deeply"),
    ("matched(matched(magma(adam)))", "nests too deeply"),
    ("magma(adam", "unbalanced parentheses"), ("magma(adam:lr=1)", "not of the form"),
    ("adam:lrr=1", "did you mean 'lr'?"), ("adam:mask=0.5", "unknown key 'mask'"),
    ("adam:lr", "'lr' where key=value is wanted"), ("adam:", "where key=value is wanted"),
    ("adam:lr=1,lr=2", "sets 'lr' twice"), ("adam:lr=fast", "allowed: 0..10"),
    ("adam:lr=nan", "allowed: 0..10"), ("adam:lr=-1", "allowed: 0..10"),
    ("adam:steps=2.5", "whole number 1..9"), ("adam:nesterov=maybe", "true or false"),
    ("magma(adam):mu=during", "after, before"), ("magma(adam):s0=last", "0..1 or first"),
    ("magma(adam):mask=1", "allowed: 0..0.9"), ("magma(adam):scope=", "a name pattern"),
  ])
  func mistakesAreAnsweredWithWhatMayStandThere(_ text: String, _ part: String) {
    let error = #expect(throws: ArmError.self) { try grammar.parse(text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("adma", "adam"), ("Adam", "adam"), ("rms", "rmsprop"), ("rmspro", "rmsprop"),
  ])
  func nearestNamesForgiveSwapsCaseAndBeginnings(_ name: String, _ wanted: String) {
    #expect(nearestName(to: name, among: ["adam", "rmsprop", "lion"]) == wanted)
  }

  @Test func nothingIsSuggestedForSomethingElse() {
    #expect(nearestName(to: "transformer", among: ["adam", "rmsprop"]) == nil)
  }
}
