import ArgumentParser
import EventStream
import Explorer
import Foundation
import Presets
import RunModel
import RunStore
import Studies
import TerminalUI
import Training
import Workloads

/// `magmascope screen`: a frame of the explorer as text, without a terminal.
struct ScreenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screen", abstract: "Prints a screen of the explorer as text.",
    discussion: """
      Of a kept run or sweep, or of a preset that is trained up to --at first. The same frame a terminal of \
      that size shows when the run is paused or scrubbed to the step.
      """)

  @Argument(help: "The directory of a run or of a sweep.")
  var directory: String?

  @Option(help: "Train this preset up to --at instead.")
  var preset: String?

  @Option(help: "The step that is shown (default: the newest; of a preset: 50).")
  var at: Int?

  @Option(help: "Columns and rows.")
  var size = "120x40"

  @Option(help: "live, compare, blocks, sweep, lessons or runs.")
  var screen = "live"

  @Option(help: "A block by its short name, such as 0.q.")
  var select: String?

  @Flag(help: "For an audience: few panels, thick lines, large digits, high contrast.")
  var present = false

  @Option(help: "Glyphs: braille, block or ascii.")
  var glyphs: GlyphTier = .braille

  /// Frames are printed as plain text; accepted so that scripts can say so.
  @Option(help: "Colours: only never, frames are plain text.")
  var color: ColorChoice = .never

  func run() throws {
    let size = try frameSize()
    guard let screen = Screen.allCases.first(where: { $0.title.lowercased() == self.screen }) else {
      let names = Screen.allCases.map { $0.title.lowercased() }
      throw RunError(
        .usage, "unknown screen '\(self.screen)'" + suggestion(for: self.screen, among: names),
        place: "--screen", remedy: "known: " + names.joined(separator: ", "))
    }
    var state = try shownState()
    _ = reduce(&state, .resize(size))
    _ = reduce(&state, .key(.character(Character("\(screen.rawValue)"))))
    if screen == .runs { _ = reduce(&state, .runs(RunCatalog.entries)) }
    if present { type("present", &state) }
    if let select { try choose(select, &state) }
    if let at { try go(to: at, &state) }
    try StandardOutput().write(view(state, size: size).buffer.plainText())
  }

  private func frameSize() throws(RunError) -> Size {
    let parts = size.split(separator: "x").map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (1...1000).contains(width), (1...1000).contains(height)
    else {
      throw RunError(
        .usage, "'\(size)' is no size", place: "--size", remedy: "write columns x rows: 120x40")
    }
    return Size(width: width, height: height)
  }

  private func choose(_ name: String, _ state: inout ExplorerState) throws(RunError) {
    guard state.select(block: name) else {
      let names = state.shown.blocks.map(\.shortName)
      throw RunError(
        .usage, "no block is called '\(name)'" + suggestion(for: name, among: names),
        place: "--select", remedy: "the Blocks screen lists them")
    }
  }

  private func go(to step: Int, _ state: inout ExplorerState) throws(RunError) {
    guard (0...state.live.step).contains(step) else {
      throw RunError(
        .usage, "step \(step) is not in the run", place: "--at",
        remedy: "allowed: 0...\(state.live.step)")
    }
    type("goto \(step)", &state)
  }

  private func type(_ command: String, _ state: inout ExplorerState) {
    for key in ":" + command { _ = reduce(&state, .key(.character(key))) }
    _ = reduce(&state, .key(.enter))
  }

  private func shownState() throws -> ExplorerState {
    switch (directory, preset) {
    case (let path?, nil) where BoardFolder(StudyFiles.directory(path)).holdsSweep:
      let folder = StudyFiles.directory(path)
      var state = empty(try SweepJob.readable(in: folder).configuration)
      _ = reduce(&state, .sweep(try SweepPainter.standing(in: folder, margin: .usual)))
      return state
    case (let path?, nil):
      var reading = RunReading(path)
      let shown = try reading.shown(isWatched: true)
      var state = empty(shown.configuration)
      _ = reduce(&state, .opened(run: 0, shown))
      return state
    case (nil, let name?): return try trained(name)
    case (nil, nil), (_?, _?):
      throw RunError(
        .usage, "a frame is of a run or of a preset", place: "screen",
        remedy: "give a run's directory, or --preset NAME")
    }
  }

  private func empty(_ configuration: RunConfiguration) -> ExplorerState {
    ExplorerDoor.state(
      configuration, glyphs: glyphs, theme: .standard, mouse: false, canSave: false,
      framesPerSecond: 20)
  }

  /// The preset's comparison, trained in this process up to the step that is shown.
  private func trained(_ name: String) throws -> ExplorerState {
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    var selection = try SelectionOptions.parse([])
    selection.preset = name
    let configuration = try selection.configuration(library: library)
    let source = try WorkloadRegistry.source(for: configuration)
    let channels = RunChannels(rows: RowMailbox(blockCount: source.layout.blocks.count))
    let end = min(configuration.steps, max(1, at ?? 50))
    let controller = RunController(
      configuration: configuration, source: source, channels: channels,
      options: RunOptions(endsAfter: end))
    controller.start()
    controller.waitUntilFinished()
    var batch = RunBatch(run: 0)
    channels.events.drain(into: &batch.events)
    if let rows = channels.rows {
      batch.rows = rows.empty
      rows.drain(into: &batch.rows)
    }
    if end < configuration.steps {
      batch.events.removeAll { $0.endsRun }
      batch.events.append(.journaled(JournalEntry(.pause, step: end)))
    }
    var state = empty(configuration)
    _ = reduce(&state, .run(batch))
    return state
  }
}

extension RunEvent {
  /// Whether it tells the end, which a frame in the middle of a run does not show.
  fileprivate var endsRun: Bool {
    switch self {
    case .armFinished, .finished: true
    case .journaled(let entry): entry.kind == .end
    case .started, .evaluated, .probed, .refused, .failed: false
    }
  }
}
