import Presets
import RunModel
import Testing

struct PresetReaderTests {
  @Test func readsEveryKeyOfThePresetLanguage() throws {
    let run = try Catalogs.read(
      """
      title: All of it
      about: >
        Two lines
        of text.
      workload: language
      data: corpus.txt
      model: {size: nano, layers: 3, head: tied, architecture: gemma, attentionCap: 50, logitCap: 30.5}
      steps: 120
      schedule: {kind: cosine, warmup: 10%, floor: 0.1}
      clip: 1
      evalEvery: 30
      seed: 7
      seeds: 3
      threads: 2
      arms: [adam:lr=3e-3, magma(adam)]
      """)
    #expect(run.title == "All of it")
    #expect(run.about == "Two lines of text.")
    #expect(run.data == .file("corpus.txt"))
    #expect(run.model.layers == 3 && run.model.width == 32 && run.model.head == .tied)
    #expect(run.model.size == nil)
    #expect(run.model.attentionCap == 50 && run.model.logitCap == 30.5)
    #expect(run.schedule == ScheduleConfiguration(kind: .cosine, warmup: .share(0.1), floor: 0.1))
    #expect(run.clip == 1 && run.evaluationInterval == 30)
    #expect(run.seed == 7 && run.seeds == 3 && run.threads == 2)
    #expect(run.arms.map(\.name) == ["adam", "magma(adam)"])
    #expect(run.arms[0].number("lr") == 3e-3)
  }

  @Test(arguments: [
    ("scheduel: {kind: cosine}", "test.yaml:1: unknown key 'scheduel' (did you mean 'schedule'?)"),
    ("title: x\nsteps: many", "test.yaml:2: 'steps' is 'many'; allowed: whole numbers 1.."),
    ("title: x\nsteps: 0", "test.yaml:2: 'steps' is '0'"),
    ("schedule: {kind: cosin}", "'kind' is 'cosin' (did you mean 'cosine'?); allowed: constant"),
    ("schedule: {warmup: soon}", "warmup 'soon' is neither steps nor a share"),
    ("model: {size: huge}", "'size' is 'huge'"),
    ("model: {widht: 64}", "unknown key 'widht' (did you mean 'width'?)"),
    ("clip: -1", "'clip' is '-1'; allowed:"),
    ("arms: adam", "'arms' is a list"),
    ("- a\n- b", "a preset is a list of keys and values"),
    ("title: [x", "not YAML"),
    ("steps: 5\nsteps: 6", "is written twice"),
    ("", "the file is empty"),
    ("arms: [adm]", "names an unknown optimizer 'adm' (did you mean 'adam'?)"),
    ("arms: ['adam:lt=1']", "names an unknown key 'lt' (did you mean 'lr'?)"),
    ("arms: ['magma(adam):mask=1']", "has mask='1'; allowed: 0..0.999"),
    ("title: x", "there is no arm"),
    (
      "workload: quadratc\narms: [adam]",
      "test.yaml:1: unknown workload 'quadratc' (did you mean 'quadratic'?)"
    ),
    ("workload: quadratic\nsettings: {arangement: mixed}\narms: [adam]", "did you mean 'arrange"),
    (
      "title: x\nmodel: {width: 30, heads: 4}\narms: [adam]",
      "test.yaml:2: width 30 is not a multiple of heads 4"
    ),
  ])
  func answersAMistakeWithPlaceAndRemedy(_ text: String, _ message: String) {
    #expect {
      try Catalogs.read(text)
    } throws: { error in
      guard let error = error as? RunError else { return false }
      #expect(error.exitCode == 4)
      #expect(error.description.contains(message), "got: \(error.description)")
      return error.description.contains(message)
    }
  }
}
