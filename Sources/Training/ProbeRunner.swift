import Optimizers
import RunModel
import TensorKernels
import Workloads

/// What a probe may look at: one arm between two steps. Nothing here can be changed through it.
package struct ProbeSubject {
  package var kind: ProbeKind
  package var arm: Int
  package var seed: UInt64
  /// Updates made so far.
  package var step: Int
  package var specification: ArmSpecification
  package var layout: TensorLayout
  package var workload: any Workload
  /// A copy of the optimizer's memory.
  package var optimizer: OptimizerSnapshot
  /// Outcomes of the latest step.
  package var outcomes: [BlockOutcome]
}

/// Measures an arm beside its training; the trajectory must stay the same to the bit.
///
/// Batches come from `BatchKey.Stream.probe`, random numbers from `RandomPurpose.probes`.
package protocol ProbeRunner: Sendable {
  /// nil when the probe does not apply to the arm.
  func run(_ subject: ProbeSubject, parameters: Span<Float>) -> ProbeReading?
}

extension ArmTrainer {
  func probe(_ kind: ProbeKind, with runner: any ProbeRunner) -> ProbeReading? {
    guard !isDiverged else { return nil }
    let start = threadCPUSeconds()
    let subject = ProbeSubject(
      kind: kind, arm: assignment.arm, seed: assignment.seed, step: progress.step,
      specification: configuration.arms[assignment.arm], layout: layout, workload: workload,
      optimizer: optimizer.snapshot(), outcomes: optimizer.outcomes)
    var reading = runner.run(subject, parameters: parameters.elements.span)
    reading?.cpuSeconds = threadCPUSeconds() - start
    return reading
  }
}
