import Optimizers
import RunModel
import TensorKernels
import Workloads

/// What a probe may look at: one arm between two steps. Nothing here can be changed through it.
package struct ProbeSubject {
  package var kind: ProbeKind
  package var arm: ArmID
  package var seed: UInt64
  /// Updates made so far.
  package var step: Int
  package var specification: ArmSpecification
  package var layout: TensorLayout
  package var workload: any Workload
  /// A copy of the optimizer as it is now, live changes included.
  package var optimizer: any ArmStepping
  /// What the arm's next step will be told, as far as its settings and budget were known then; of
  /// the last step once the run is over.
  package var context: StepContext
  /// Largest gradient norm of the run; nil for no clipping.
  package var clip: Double?
}

/// Measures an arm beside its training; the trajectory must stay the same to the bit.
///
/// Batches come from `BatchKey.Stream.probe`, random numbers from `RandomPurpose.probes`.
package protocol ProbeRunner: Sendable {
  /// nil when the probe does not apply to the arm.
  func run(_ subject: ProbeSubject, parameters: Span<Float>) -> ProbeReading?
}

extension ArmTrainer {
  /// - Parameter matchedFactor: what the next step of a matched control will be multiplied by.
  func probe(
    _ kind: ProbeKind, with runner: any ProbeRunner, matchedFactor: Double
  ) -> ProbeReading? {
    guard !isDiverged else { return nil }
    let start = threadCPUSeconds()
    let subject = ProbeSubject(
      kind: kind, arm: seat.arm, seed: seat.seed, step: progress.step,
      specification: settings, layout: layout, workload: workload,
      optimizer: optimizer,
      context: proposedContext(matchedFactor: matchedFactor),
      clip: course.configuration.clip)
    var reading = runner.run(subject, parameters: parameters.elements.span)
    reading?.cpuSeconds = threadCPUSeconds() - start
    return reading
  }

  /// By the journal up to here: a reading taken afterwards must not know a budget that came later.
  private func proposedContext(matchedFactor: Double) -> StepContext {
    let known = course.upTo(progress.step)
    let step = min(progress.step + 1, known.finalStep)
    return context(of: step, in: known, matchedFactor: matchedFactor)
  }
}
