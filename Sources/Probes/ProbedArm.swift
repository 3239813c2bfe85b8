import RunModel
import TensorKernels
import Workloads

/// One arm as a probe sees it: weights to look at, a problem, and batches that training never uses.
package struct ProbedArm {
  package let workload: any Workload
  /// A copy: probes move weights about.
  package let parameters: [Float]
  package let arm: ArmID
  /// Updates made so far.
  package let step: Int
  package let seed: UInt64

  package init(
    workload: any Workload, parameters: Span<Float>, arm: ArmID, step: Int, seed: UInt64
  ) {
    self.workload = workload
    self.parameters = parameters.indices.map { parameters[$0] }
    (self.arm, self.step, self.seed) = (arm, step, seed)
  }

  var layout: TensorLayout { workload.layout }

  /// The one batch that losses and curvatures of this probe are taken on.
  var batch: BatchKey { BatchKey(.probe, seed: seed, step: step) }

  /// Random numbers of this probe, a stream beside those of its batches.
  var random: RandomStream {
    RandomStream(seed: seed, purpose: .probes, substream: 1 << 40 | UInt64(step))
  }

  /// The weights moved by `-factor · displacement`.
  func moved(_ displacement: [Double], by factor: Double = 1) -> [Float] {
    parameters.indices.map { Float(Double(parameters[$0]) - factor * displacement[$0]) }
  }

  func loss(_ parameters: [Float]) -> Double {
    workload.loss(parameters: parameters.span, batch: batch)
  }
}
