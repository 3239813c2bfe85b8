import Foundation
import Optimizers
import Presets
import RunModel
import RunStore
import Workloads

/// A run directory taken to go on with: its configuration and last checkpoint.
struct StoredRun {
  let run: OwnedRun
  let configuration: RunConfiguration
  /// nil for a run that ended before its first.
  let checkpoint: CheckpointSet?

  init(_ run: OwnedRun, _ configuration: RunConfiguration, _ checkpoint: CheckpointSet?) {
    (self.run, self.configuration, self.checkpoint) = (run, configuration, checkpoint)
  }

  /// - Parameter stale: how long an owner that cannot be seen may be silent.
  init(directory path: String, stale: Duration = OwnerJudge.defaultStale) throws(RunError) {
    var terms = RunOwnership.Terms()
    terms.stale = stale
    terms.onWait = { Diagnostics.say($0) }
    run = try .take(path, terms)
    configuration = try Self.repeatable(run.directory)
    checkpoint = try run.directory.readCheckpoint(of: configuration)
  }

  /// Whether `run.yaml` describes a run; throws (.newer) when a later program wrote it.
  static func isRun(_ directory: RunDirectory) throws(RunError) -> Bool {
    do {
      _ = try configuration(of: directory)
      return true
    } catch {
      if error.category == .newer { throw error }
      return false
    }
  }

  /// The run that `run.yaml` describes, on a text that can be read again.
  static func repeatable(_ directory: RunDirectory) throws(RunError) -> RunConfiguration {
    let configuration = try configuration(of: directory)
    guard !configuration.isOfStandardInput else {
      throw RunError(
        .input, "its text came from standard input and was not kept", place: directory.path,
        remedy: "save the text and begin a new run with its path")
    }
    return configuration
  }

  /// The run that `run.yaml` describes.
  static func configuration(of directory: RunDirectory) throws(RunError) -> RunConfiguration {
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
    let fields = try PresetReader(file: directory.configurationPath).read(
      try directory.configurationText())
    var configuration = try builder.build(fields, category: .input)
    if configuration.letters.isEmpty {
      configuration.letters = try directory.recordedLetters(of: configuration) ?? []
    }
    return configuration
  }
}

extension RunConfiguration {
  /// As it is kept: its text by a path that holds from every directory, and by what was read there.
  func reading(_ textPrint: String?) -> RunConfiguration {
    var kept = self
    kept.textPrint = textPrint
    if case .file(let path) = data, !isOfStandardInput {
      kept.data = .file(URL(fileURLWithPath: path).standardizedFileURL.path)
    }
    return kept
  }
}
