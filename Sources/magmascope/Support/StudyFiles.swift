import ArgumentParser
import Foundation
import RunModel
import Statistics
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

  /// The directory meant by an argument, by a path that holds from everywhere.
  static func directory(_ path: String) -> URL {
    URL(fileURLWithPath: path).standardizedFileURL
  }

  static let marginHelp: ArgumentHelp = """
    Differences within this much, in the loss's unit, do not matter in practice (default: .01 nats, \
    or 5 % of the reference's loss where that is not in nats).
    """

  /// `--margin`, in the loss's own unit.
  static func checkedMargin(_ margin: Double?) throws(RunError) -> Margin {
    guard let margin else { return .usual }
    guard margin >= 0, margin.isFinite else {
      throw RunError(
        .usage, "\(margin) is not a margin", place: "--margin",
        remedy: "give 0 or more in the loss's unit, for example 0.01")
    }
    return .absolute(margin)
  }
}
