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
      guard FileManager.default.fileExists(atPath: directory.path) else {
        throw RunError(
          .input, "there is no such directory", place: path,
          remedy: "give a directory that train --out or sweep --out wrote")
      }
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
