import Foundation
import RunModel
import Studies

/// What the study commands share: reading directories and checking flags.
enum StudyFiles {
  /// Sweeps and runs among `directories`, in the order given.
  static func read(
    _ directories: [String]
  ) throws -> (runs: [FinishedRun], sweeps: [(directory: URL, sweep: StoredSweep)]) {
    var runs: [FinishedRun] = []
    var sweeps: [(directory: URL, sweep: StoredSweep)] = []
    for path in directories {
      let directory = URL(fileURLWithPath: path)
      if StoredSweep.isSweep(directory) {
        sweeps.append((directory, try StoredSweep(reading: directory)))
      } else {
        runs.append(try FinishedRun(reading: directory, configuration: StoredRun.configuration))
      }
    }
    return (runs, sweeps)
  }

  /// `--margin` in nats.
  static func checkedMargin(_ margin: Double) throws(RunError) -> Double {
    guard margin >= 0, margin.isFinite else {
      throw RunError(
        .usage, "\(margin) is not a margin", place: "--margin",
        remedy: "give nats, 0 or more, for example 0.01")
    }
    return margin
  }
}
