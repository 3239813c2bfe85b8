import Optimizers
import Probes
import RunModel
import Workloads

/// The program's four probes, on the registry's optimizers.
///
/// The step looked at is the one the arm is about to make: the gradient of the next training batch
/// (a pure function of its key) through a copy of the optimizer. Losses and curvatures are taken on
/// the arm's probe batch, with products in float32 whatever the run trains in.
package struct RegisteredProbes: ProbeRunner {
  package init() {}

  package func run(_ subject: ProbeSubject, parameters: Span<Float>) -> ProbeReading? {
    subject.workload.measuring { reading(subject, parameters) }
  }

  private func reading(_ subject: ProbeSubject, _ parameters: Span<Float>) -> ProbeReading? {
    let arm = ProbedArm(
      workload: subject.workload, parameters: parameters, arm: subject.arm, step: subject.step,
      seed: subject.seed)
    switch subject.kind {
    case .curvature:
      return proposal(subject, parameters).map { CurvatureProbe().run(arm, $0) }
    case .proposition1:
      return proposal(subject, parameters).flatMap { step in
        PropositionOne().run(arm, step).map { withRate($0, subject) }
      }
    case .sharpness: return SharpnessProbe().run(arm)
    case .gradientNoise: return GradientNoiseProbe().run(arm)
    }
  }

  /// Adds the learning rate of the proposed step, which the curve's multiples are multiples of.
  private func withRate(_ reading: ProbeReading, _ subject: ProbeSubject) -> ProbeReading {
    var reading = reading
    let rate = subject.optimizer.learningRate * subject.context.scheduleFactor
    reading.figures.append(.init(name: "learningRate", value: rate))
    return reading
  }

  /// nil for an optimizer that is not of the registry.
  private func proposal(_ subject: ProbeSubject, _ parameters: Span<Float>) -> ProposedStep? {
    guard let optimizer = subject.optimizer as? ArmOptimizer else { return nil }
    return ProposedStep(
      of: optimizer, on: subject.workload, parameters: parameters,
      batch: BatchKey(seed: subject.seed, step: subject.context.step), clip: subject.clip,
      context: subject.context)
  }
}
