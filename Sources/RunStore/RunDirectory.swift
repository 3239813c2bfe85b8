import Foundation
import HostSystem
import RunModel

/// The directory of one run: configuration, metrics, journal, and a checkpoint of every arm.
///
/// ```
/// run.yaml  metrics.jsonl  journal.jsonl  probes.jsonl (when something was probed)
/// arms/<lane>-<name>/seed-<n>/{config.json, model.safetensors, optimizer.safetensors, state.json}
/// ```
package struct RunDirectory: Sendable, Hashable {
  package let path: String

  package var configurationPath: String { path + "/run.yaml" }
  package var metricsPath: String { path + "/metrics.jsonl" }
  package var journalPath: String { path + "/journal.jsonl" }
  package var probesPath: String { path + "/probes.jsonl" }
  /// Lists the files of a checkpoint that is being put in place.
  var pendingPath: String { path + "/checkpoint.pending" }

  /// Makes a new run directory; a directory that is not empty is refused.
  ///
  /// - Parameter configuration: the text of `run.yaml`.
  /// - Throws: `RunError`: .usage for a directory in use, .failure for what the system refuses.
  package static func create(
    at path: String, configuration: String
  ) throws(RunError) -> RunDirectory {
    let directory = RunDirectory(path: path)
    if let contents = try? FileManager.default.contentsOfDirectory(atPath: path) {
      guard contents.isEmpty else {
        throw RunError(
          .usage, "is not empty", place: path,
          remedy: "name a new directory, or go on with --resume \(path)")
      }
    }
    try makeDirectory(path)
    try DurableFile.replace(directory.configurationPath, with: Array(configuration.utf8))
    for file in [directory.metricsPath, directory.journalPath] {
      try DurableFile.replace(file, with: [])
    }
    return directory
  }

  /// Opens a run directory; throws `RunError` (.input) when there is none.
  package static func open(at path: String) throws(RunError) -> RunDirectory {
    let directory = RunDirectory(path: path)
    guard FileManager.default.fileExists(atPath: directory.configurationPath) else {
      throw FileError.bad(
        path, "is not a run directory: it has no run.yaml", "name a directory made with --out")
    }
    try directory.finishPendingCheckpoint()
    return directory
  }

  /// The text of `run.yaml`.
  package func configurationText() throws(RunError) -> String {
    String(decoding: try DurableFile.read(configurationPath), as: UTF8.self)
  }

  /// Where the checkpoint of an arm and seed lies.
  package func checkpointPath(
    of arm: ArmID, seed: UInt64, _ configuration: RunConfiguration
  ) -> String {
    let joined = configuration.roster[id: arm]
    let name = "\(joined?.lane.letter ?? "?")-\(joined?.specification.fileName ?? "")"
    return "\(path)/arms/\(name)/seed-\(seed)"
  }

  static func makeDirectory(_ path: String) throws(RunError) { try HostDirectory.make(path) }
}
