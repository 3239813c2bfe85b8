import Export
import Foundation
import Presets
import RunModel
import RunStore

/// The directory of a run that trains in this process, from its first step to its last.
struct KeptRun: Sendable {
  let run: OwnedRun
  let recorder: Recorder

  var directory: String { run.directory.path }

  /// Makes a directory for a new run among the user's runs.
  static func new(
    _ configuration: RunConfiguration, notify: @escaping @Sendable (Recorder.Report) -> Void
  ) throws(RunError) -> KeptRun {
    let shelf = RunShelf(path: UserDirectories.runs)
    let path = shelf.newPath(time: UserDirectories.timeStamp(), title: configuration.title)
    let run = try OwnedRun.create(
      at: path, configuration: try PresetWriter.yaml(configuration.begun))
    return try KeptRun(run, configuration, notify: notify)
  }

  init(
    _ run: OwnedRun, _ configuration: RunConfiguration,
    notify: @escaping @Sendable (Recorder.Report) -> Void
  ) throws(RunError) {
    self.run = run
    do throws(RunError) {
      recorder = try Recorder(
        run, configuration: configuration.begun, stamp: .current(configuration),
        line: { RecordFormat.jsonl.line($0) }, notify: notify)
    } catch {
      run.end()
      throw error
    }
  }

  /// Writes what is still waiting and gives the run up; returns the trouble that remains.
  func close() -> RunError? {
    let trouble = recorder.close()
    run.end()
    return trouble
  }

  /// Removes the oldest runs that nobody named; says what went.
  static func prune() -> String? {
    let removed = RunShelf(path: UserDirectories.runs).prune(isRun: StoredRun.isRun)
    guard !removed.isEmpty else { return nil }
    let megabytes = removed.reduce(0) { $0 + $1.bytes } / 1_000_000
    return "removed \(removed.count) old runs that nobody named (\(megabytes) MB)"
  }
}
