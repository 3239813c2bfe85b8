import Optimizers
import RunModel
import TensorKernels

/// What the trainer asks of an arm's optimizer; one existential call a step.
package protocol ArmStepping {
  /// Moves `parameters` by one update; never allocates after the first step.
  mutating func step(
    parameters: inout MutableSpan<Float>, gradients: Span<Float>, context: StepContext)
  /// What happened to every block in the latest step, in the layout's order.
  var outcomes: [BlockOutcome] { get }
  /// The arm's `lr`, without the schedule.
  var learningRate: Double { get }
  /// `keep · mean scale` over the masked blocks after the latest step, `keep · s0` before any;
  /// 1 for a base. A matched control's own stays at `keep · s0`.
  var stepFactor: Double { get }
  /// Changes a live setting from the next step on; throws for a key the arm does not have.
  mutating func set(_ key: String, to value: SettingValue) throws(RunError)
  var stateBytes: Int { get }
  /// Bytes of all buffers, scratch included.
  var bufferBytes: Int { get }
  /// The momentum of a block as it stands, to be looked at; empty where there is none.
  func momentum(of block: Int) -> [Float]
  func snapshot() -> OptimizerSnapshot
  /// Throws `RunError` when the snapshot is of another optimizer or model.
  mutating func restore(_ snapshot: OptimizerSnapshot) throws(RunError)
}

/// Makes the optimizer of an arm for a model, which measures alignment everywhere or only where it is
/// needed.
package typealias OptimizerFactory =
  @Sendable (ArmSpecification, TensorLayout, _ observes: Bool) throws(RunError) -> any ArmStepping

extension ArmStepping {
  package var bufferBytes: Int { stateBytes }
  package func momentum(of block: Int) -> [Float] { [] }
}

extension ArmOptimizer: ArmStepping {
  package func snapshot() -> OptimizerSnapshot {
    OptimizerSnapshot(
      tensors: exportState().map {
        TensorSnapshot(name: $0.name, shape: [$0.values.count], values: $0.values)
      })
  }

  package mutating func restore(_ snapshot: OptimizerSnapshot) throws(RunError) {
    try restoreState(snapshot.tensors.map { ($0.name, $0.values) })
  }
}
