import Foundation
import RunModel
import Studies
import Testing

struct RunLibraryTests {
  /// A library with one finished run, one stranger and one file.
  private func withLibrary(_ body: (RunLibrary, URL) throws -> Void) throws {
    let run = try RunComparisonTests.run(seeds: 2)
    try StudyFixtures.inDirectory { place in
      let kept = place.appendingPathComponent("first")
      let files = FileManager.default
      try files.createDirectory(at: kept, withIntermediateDirectories: true)
      try files.createDirectory(
        at: place.appendingPathComponent("photos"), withIntermediateDirectories: true)
      try Data().write(to: kept.appendingPathComponent("journal.jsonl"))
      try Data(run.configurationText.utf8).write(to: kept.appendingPathComponent("run.yaml"))
      guard case .text(let lines) = ExportFormat.jsonl.product(of: run) else { return }
      try Data(lines.utf8).write(to: kept.appendingPathComponent("metrics.jsonl"))
      try body(RunLibrary(directory: place, configuration: { _ in run.configuration }), place)
    }
  }

  @Test func listsRunsAndNothingElse() throws {
    try withLibrary { library, _ in
      #expect(library.entries.map(\.name) == ["first"])
      #expect(library.table.rows.first?[1] == "finished")
    }
  }

  @Test func readsARunByNameAndByPath() throws {
    try withLibrary { library, place in
      let byName = try library.run("first")
      #expect(byName.records.count == 2 * 2 * 4)
      #expect(try library.run(place.path + "/first").records == byName.records)
    }
  }

  @Test func exportsEveryForm() throws {
    let run = try RunComparisonTests.run(seeds: 2)
    for format in ExportFormat.allCases {
      switch format.product(of: run) {
      case .text(let text):
        let marks = [
          "csv": "lane,arm,", "jsonl": "{\"lane\"", "svg": "<svg", "latex": "\\begin{table}",
        ]
        #expect(text.hasPrefix(marks[format.rawValue] ?? "?"), "\(format)")
      case .files(let files):
        #expect(format == .tensorboard && files.count == 4)
      }
    }
  }
}
