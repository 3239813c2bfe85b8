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
}
