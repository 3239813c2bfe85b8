import Presets
import RunModel
import Testing

struct PresetWriterTests {
  @Test(arguments: [
    "arms: [adam]",
    "title: 'with: colon'\nmodel: {size: tiny, context: 32}\nclip: 0.5\narms: [adam, adam]",
    "workload: quadratic\nsettings: {arrangement: mixed}\nsteps: 17\narms: ['magma(adam):mask=.25']",
    "data: built-in\nschedule: {kind: cosine, warmup: 12.5%, floor: .1}\nseeds: 8\narms: [sgd]",
  ])
  func aWrittenRunReadsBackTheSame(_ text: String) throws {
    var run = try Catalogs.read(text)
    run.evaluateEvery = run.evaluationInterval
    let written = try PresetWriter.yaml(run)
    #expect(try Catalogs.read(written) == run, "\(written)")
  }

  @Test func aRunKeepsItsLettersAndItsFormat() throws {
    var run = try Catalogs.read("seed: 18446744073709551615\narms: [adam, adam, 'magma(adam)']")
    run.evaluateEvery = run.evaluationInterval
    run.letters = ["q", "aa", "m"]
    let written = try PresetWriter.yaml(run)
    #expect(written.contains("format: 2"))
    #expect(try Catalogs.read(written) == run)
    #expect(try Catalogs.read(written).lanes.map(\.letter) == ["q", "aa", "m"])
  }

  @Test(arguments: [
    ("format: 3\narms: [adam]", "format 3"), ("letters: [a, a]\narms: [adam, sgd]", "'a'"),
    ("letters: [../x]\narms: [adam]", "'../x'"), ("letters: [a, b]\narms: [adam]", "2 letters"),
    ("seed: 18446744073709551616\narms: [adam]", "18446744073709551616"),
    ("seed: -1\narms: [adam]", "-1"),
  ])
  func whatNoRunHasIsRefused(_ text: String, _ part: String) {
    let error = #expect(throws: RunError.self) { try Catalogs.read(text) }
    #expect(error?.exitCode == 4 && error?.description.contains(part) == true)
  }
}
