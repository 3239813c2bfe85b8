import RunModel
import TensorKernels
import Workloads

extension ArmTrainer {
  /// Everything the arm is, by value.
  package func snapshot() -> ArmCheckpoint {
    let weights = parameters.elements
    return ArmCheckpoint(
      arm: assignment.arm, seedIndex: assignment.seedIndex,
      parameters: layout.entries.map { entry in
        TensorSnapshot(name: entry.name, shape: entry.shape, values: Array(weights[entry.range]))
      },
      optimizer: optimizer.snapshot(), progress: progress)
  }

  /// Goes on from `checkpoint` bit for bit; throws `RunError` when it is of another model or arm.
  package func restore(
    _ checkpoint: ArmCheckpoint, interventions: [Intervention]
  ) throws(RunError) {
    let weights = parameters.elements
    try check(checkpoint.parameters)
    for (entry, tensor) in zip(layout.entries, checkpoint.parameters) {
      _ = weights[entry.range].update(fromContentsOf: tensor.values)
    }
    for change in interventions where change.step <= checkpoint.progress.step {
      try apply(change)
    }
    try optimizer.restore(checkpoint.optimizer)
    progress = checkpoint.progress
    guard progress.distances.count == layout.entries.count else {
      throw mismatch("it counts \(progress.distances.count) blocks, not \(layout.entries.count)")
    }
  }

  /// Sets what a live change says, when it concerns this arm.
  package func apply(_ change: Intervention) throws(RunError) {
    guard change.arm == nil || change.arm == assignment.arm else { return }
    guard change.arm != nil || configuration.arms[assignment.arm].values[change.key] != nil else {
      return
    }
    try optimizer.set(change.key, to: change.newValue)
  }

  private func check(_ tensors: [TensorSnapshot]) throws(RunError) {
    guard tensors.count == layout.entries.count else {
      throw mismatch("it has \(tensors.count) tensors, the model \(layout.entries.count)")
    }
    for (entry, tensor) in zip(layout.entries, tensors) {
      guard tensor.name == entry.name, tensor.shape == entry.shape,
        tensor.values.count == entry.range.count
      else { throw mismatch("it has '\(tensor.name)' \(tensor.shape), not \(entry.shape)") }
    }
  }

  private func mismatch(_ what: String) -> RunError {
    RunError(
      .input, "the checkpoint does not fit arm '\(lane.name)': \(what)",
      remedy: "resume with the configuration the run was started with")
  }
}
