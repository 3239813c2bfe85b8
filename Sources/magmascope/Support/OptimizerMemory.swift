import Optimizers
import RunModel
import Studies
import Workloads

/// Bytes of optimizer state, found by building the optimizer for the model.
enum OptimizerMemory {
  /// Answers nil for every arm when the model cannot be made, as when its text is gone.
  static func bytes(in configuration: RunConfiguration?) -> ComparisonDocument.StateBytes {
    guard let configuration,
      let source = try? WorkloadRegistry.draft(for: configuration),
      (try? MemoryCheck.check(configuration, source: source)) != nil
    else { return { _ in nil } }
    let layout = source.makeWorkload(threads: 1).layout
    return { arm in (try? ArmOptimizer(arm, layout: layout))?.stateBytes }
  }
}
