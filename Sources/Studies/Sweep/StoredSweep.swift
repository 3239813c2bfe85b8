import Foundation
import RunModel

/// What a sweep's directory holds.
package struct StoredSweep: Sendable, Equatable {
  package var plan: SweepPlan
  /// In the order of the plan as far as they go, each cell once.
  package var cells: [CellResult]
  package var times: [CellTimes]
  /// Cells that ended all their owners.
  package var failed: [String]

  package init(
    plan: SweepPlan, cells: [CellResult], times: [CellTimes], failed: [String] = []
  ) {
    (self.plan, self.cells, self.times, self.failed) = (plan, cells, times, failed)
  }

  package static func isSweep(_ directory: URL) -> Bool {
    FileManager.default.fileExists(
      atPath: directory.appendingPathComponent(BoardFolder.planName).path)
  }

  /// Reads a directory, finished or not, of this round or the first; writes nothing.
  package init(reading directory: URL) throws {
    let folder = BoardFolder(directory)
    guard let plan = try folder.readPlan() else {
      throw RunError(
        .input, "there is no sweep here", place: directory.path,
        remedy: "give a directory that sweep --out wrote")
    }
    var results = SweepResults(folder)
    try results.load()
    self.init(
      plan: plan, cells: SweepFindings(plan: plan, results: results.all).results,
      times: results.allTimes.sorted { $0.id < $1.id }, failed: results.failed.sorted())
  }
}
