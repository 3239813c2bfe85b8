import Explorer
import Foundation
import RunModel
import TerminalUI
import Testing

/// Compares a frame with the text kept under Fixtures.
///
/// With RECORD_GOLDENS set to that directory in the sources, writes it instead, and fails, so that
/// recording is never mistaken for passing.
func expectGolden(
  _ name: String, _ state: ExplorerState, _ size: Size,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let text = view(state, size: size).buffer.plainText()
  if let directory = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] {
    try text.write(
      toFile: directory + "/" + name + ".txt", atomically: true, encoding: .utf8)
    Issue.record(
      "recorded \(name); run again without RECORD_GOLDENS", sourceLocation: sourceLocation)
    return
  }
  let url = Bundle.module.bundleURL.appending(path: "Fixtures/\(name).txt")
  let expected = try String(contentsOf: url, encoding: .utf8)
  #expect(text == expected, "the frame \(name) has changed", sourceLocation: sourceLocation)
}

struct Window: Sendable, CustomTestStringConvertible {
  let size: Size
  var name: String { "\(size.width)x\(size.height)" }
  var testDescription: String { name }

  init(_ width: Int, _ height: Int) { size = Size(width: width, height: height) }

  static let all = [
    Window(80, 24), Window(120, 40), Window(200, 60), Window(60, 18), Window(40, 12),
  ]
}

@Suite struct GoldenScreens {
  @Test(arguments: Window.all)
  func liveScreenLooksAsRecorded(_ window: Window) throws {
    try expectGolden("live-\(window.name)", Fake.running(), window.size)
  }

  @Test(arguments: Window.all)
  func compareScreenLooksAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, "2")
    try expectGolden("compare-\(window.name)", state, window.size)
  }

  @Test(arguments: Window.all)
  func blocksScreenLooksAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, "3jjj")
    try expectGolden("blocks-\(window.name)", state, window.size)
  }

  @Test(arguments: Window.all)
  func probedBlocksLookAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    _ = reduce(&state, .run(Fake.readings()))
    press(&state, "3jjj")
    for _ in 0..<4 { _ = reduce(&state, .key(.tab)) }
    try expectGolden("probed-\(window.name)", state, window.size)
  }

  @Test(arguments: Window.all)
  func trajectoriesOnTheBowlLookAsRecorded(_ window: Window) throws {
    var state = try Fake.bowl()
    press(&state, "3")
    try expectGolden("bowl-\(window.name)", state, window.size)
  }

  @Test(arguments: Window.all)
  func formLooksAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, "n")
    try expectGolden("form-\(window.name)", state, window.size)
  }

  @Test(arguments: [Window(80, 24), Window(40, 12)])
  func presetListLooksAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, "pj")
    try expectGolden("presets-\(window.name)", state, window.size)
  }

  @Test(arguments: [Window(80, 24), Window(40, 12)])
  func helpLooksAsRecorded(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, "?")
    try expectGolden("help-\(window.name)", state, window.size)
  }

  @Test(arguments: [Window(120, 40), Window(80, 24), Window(40, 12)])
  func audiencesGetFewAndLargePanels(_ window: Window) throws {
    var state = try Fake.running()
    press(&state, ":present")
    _ = reduce(&state, .key(.enter))
    _ = reduce(&state, .tick(1_000))
    try expectGolden("projector-\(window.name)", state, window.size)
    press(&state, "2")
    try expectGolden("projector-compare-\(window.name)", state, window.size)
  }

  @Test(arguments: [GlyphTier.block, .ascii])
  func coarserAlphabetsLookAsRecorded(_ glyphs: GlyphTier) throws {
    let state = try Fake.running(glyphs: glyphs)
    try expectGolden("live-\(glyphs.rawValue)-80x24", state, Window(80, 24).size)
    try expectGolden("live-\(glyphs.rawValue)-120x40", state, Window(120, 40).size)
    var compared = state
    press(&compared, "2")
    try expectGolden("compare-\(glyphs.rawValue)-120x40", compared, Window(120, 40).size)
  }

  @Test(arguments: [
    Window(39, 12), Window(40, 11), Window(59, 18), Window(60, 17), Window(99, 34),
    Window(100, 33), Window(100, 34), Window(159, 50), Window(160, 49), Window(160, 50),
  ])
  func thresholdsOfTheLayoutLookAsRecorded(_ window: Window) throws {
    try expectGolden("threshold-\(window.name)", Fake.running(), window.size)
  }

  @Test func narrowWindowsShowOnePaneAtATime() throws {
    var state = try Fake.running()
    _ = reduce(&state, .resize(Window(40, 12).size))
    let panels: [PanelID] = [
      .runs, .mask, .alignment, .damping, .verdict, .raster, .difference, .alignmentTrace,
      .rateTrace,
    ]
    for panel in panels {
      _ = reduce(&state, .key(.tab))
      #expect(state.pane == panel)
      try expectGolden("narrow-\(panel)", state, Window(40, 12).size)
    }
  }

  @Test func stagesOfARunLookAsRecorded() throws {
    try expectGolden("stage-starting", Fake.state(), Window(80, 24).size)
    try expectGolden("stage-settling", Fake.running(to: 20), Window(80, 24).size)
    try expectGolden("stage-done", Fake.running(to: 800), Window(120, 40).size)
  }

  @Test func liveChangesAndScrubbingAreSaid() throws {
    var state = try Fake.running()
    _ = reduce(
      &state,
      .run(
        RunBatch(
          run: 1,
          events: [
            .journaled(
              JournalEntry(
                Intervention(
                  arm: nil, step: 341, key: "lr", oldValue: .number(1e-3), newValue: .number(2e-3)))
            )
          ])))
    _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 341...342)))
    try expectGolden("changed-120x40", state, Window(120, 40).size)
    press(&state, "<<")
    try expectGolden("scrubbed-120x40", state, Window(120, 40).size)
    press(&state, ":se")
    try expectGolden("command-80x24", state, Window(80, 24).size)
  }

  @Test func severalSeedsGetBandsAndAVerdict() throws {
    var state = try Fake.state(seeds: 3)
    for seed in 0..<3 {
      _ = reduce(&state, .run(Fake.batch(state.configuration, steps: 1...800, seed: seed)))
    }
    try expectGolden("seeds-120x40", state, Window(120, 40).size)
    press(&state, "v")
    try expectGolden("verdict-120x40", state, Window(120, 40).size)
  }

  @Test func fourArmsFit() throws {
    let arms = ["adam", "magma(adam)", "matched(magma(adam))", "skip(adam)"]
    try expectGolden("four-80x24", Fake.running(to: 400, arms), Window(80, 24).size)
    try expectGolden("four-120x40", Fake.running(to: 400, arms), Window(120, 40).size)
  }
}

/// Types the characters of a text.
func press(_ state: inout ExplorerState, _ keys: String) {
  for character in keys { _ = reduce(&state, .key(.character(character))) }
}
