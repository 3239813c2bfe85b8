import Foundation
import HostSystem
import RunModel

/// The directory of one run, as anybody may read it; writing takes an `OwnedRun`.
///
/// ```
/// run.yaml        the configuration: written first, never changed
/// metrics.jsonl   evaluations             journal.jsonl  changes, marks, pauses, forks
/// probes.jsonl    measurements (when something was probed)
/// steps.bin, blocks.bin                   every step (`RowChunk`)
/// summary.json    what the run was made of: arms, blocks, data
/// arms/<lane>-<name>/seed-<n>/{config.json, model.safetensors, optimizer.safetensors, state.json}
/// checkpoints/<step>/<lane>-<name>/seed-<n>/...   the newest of these again, and older ones
/// branches/<step>-<n>/                    what came after a step that the run went back to
/// owners/<n>      who writes, or wrote    fork.json  the run it was branched off
/// kept            the name a person gave it
/// ```
package struct RunDirectory: Sendable, Hashable {
  package let path: String

  package init(path: String) { self.path = path }

  package var configurationPath: String { path + "/run.yaml" }
  package var metricsPath: String { path + "/metrics.jsonl" }
  package var journalPath: String { path + "/journal.jsonl" }
  package var probesPath: String { path + "/probes.jsonl" }
  package var stepsPath: String { path + "/steps.bin" }
  package var blocksPath: String { path + "/blocks.bin" }
  package var summaryPath: String { path + "/summary.json" }
  package var forkPath: String { path + "/fork.json" }
  package var keptPath: String { path + "/kept" }
  package var armsPath: String { path + "/arms" }
  package var checkpointsPath: String { path + "/checkpoints" }
  package var branchesPath: String { path + "/branches" }
  /// Says which checkpoint is being put in place.
  var pendingPath: String { path + "/checkpoint.pending" }

  /// Opens a run directory and changes nothing in it.
  ///
  /// - Throws: `RunError` (.input) when there is none, (.usage) for an empty name.
  package static func open(at path: String) throws(RunError) -> RunDirectory {
    try checkName(path)
    let directory = RunDirectory(path: path)
    guard FileManager.default.fileExists(atPath: directory.configurationPath) else {
      throw FileError.bad(
        path, "is not a run directory: it has no run.yaml", "name a directory made with --out")
    }
    return directory
  }

  static func checkName(_ path: String) throws(RunError) {
    guard !path.isEmpty else {
      throw RunError(
        .usage, "the name of the run's directory is empty", remedy: "name a directory")
    }
  }

  /// The text of `run.yaml`.
  package func configurationText() throws(RunError) -> String {
    String(decoding: try DurableFile.read(configurationPath, as: .preset), as: UTF8.self)
  }

  /// How the writer of the run stands, by one look; nil when it never had an owner.
  package var owner: OwnerStanding? { RunOwnership.standing(of: path) }

  /// The name that a person gave the run, which keeps it from being pruned.
  package var keptName: String? {
    guard let bytes = try? DurableFile.read(keptPath) else { return nil }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Keeps the run under a name; allowed beside a writer.
  package func keep(as name: String) throws(RunError) {
    try DurableFile.replace(keptPath, with: Array((name + "\n").utf8))
  }

  /// What the run was made of; nil for runs of the first format, and before it began.
  package func readSummary() throws(RunError) -> RunSummary? {
    try readJSON(RunSummary.self, summaryPath, "is not the summary of a run")
  }

  /// Where the run was branched off; nil for one that began by itself.
  package func readFork() throws(RunError) -> ForkOrigin? {
    try readJSON(ForkOrigin.self, forkPath, "does not say where a run was branched off")
  }

  func write(_ origin: ForkOrigin) throws(RunError) {
    try DurableFile.replace(
      forkPath, with: try RecordCoding.encode(origin, "the run's origin", isPretty: true))
  }

  private func readJSON<Value: Decodable>(
    _ type: Value.Type, _ file: String, _ problem: String
  ) throws(RunError) -> Value? {
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let bytes = try DurableFile.read(file)
    do {
      return try RecordCoding.decoder.decode(type, from: Data(bytes))
    } catch {
      throw FileError.bad(file, problem, "remove the file")
    }
  }

  static func makeDirectory(_ path: String) throws(RunError) { try HostDirectory.make(path) }
}

/// The run and step that another run was branched off; a label, for the run needs it no more.
package struct ForkOrigin: Sendable, Codable, Hashable {
  package var run: String
  package var step: Int

  package init(run: String, step: Int) { (self.run, self.step) = (run, step) }
}

/// JSON that keeps every double to the bit, infinities and NaN included.
enum RecordCoding {
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// - Parameter isPretty: for files that people open, over several lines.
  static func encode(
    _ value: some Encodable, _ name: String, isPretty: Bool = false
  ) throws(RunError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    } catch {
      throw .unexpected("cannot write \(name): \(error)")
    }
  }
}
