import Optimizers
import Presets
import RunModel
import RunStore
import Workloads

/// A run directory opened to go on from: its configuration and last checkpoint.
struct StoredRun {
  let directory: RunDirectory
  let configuration: RunConfiguration
  let checkpoint: CheckpointSet

  init(directory path: String) throws(RunError) {
    directory = try .open(at: path)
    configuration = try Self.configuration(of: directory)
    checkpoint = try directory.readCheckpoint(of: configuration)
  }

  /// The run that `run.yaml` describes.
  static func configuration(of directory: RunDirectory) throws(RunError) -> RunConfiguration {
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
    let fields = try PresetReader(file: directory.configurationPath).read(
      try directory.configurationText())
    return try builder.build(fields, category: .input)
  }
}
