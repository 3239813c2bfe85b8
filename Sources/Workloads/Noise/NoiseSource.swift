import RunModel
import TensorKernels

/// Gradients that are white noise: there is nothing to learn, and alignment sits on its null.
///
/// The loss of a batch is `n·w / √N` with n standard normal, drawn anew each step, so its gradient
/// is `n / √N` (norm about 1) whatever the weights. The held-out loss is the same with one fixed n:
/// a random walk around 0, the expected loss of every weight.
package struct NoiseSource: WorkloadSource {
  package let elements: Int
  package let blocks: Int

  package init(elements: Int, blocks: Int) {
    self.elements = elements
    self.blocks = blocks
  }

  init(_ configuration: RunConfiguration) throws(RunError) {
    let settings = try WorkloadSettings(WorkloadDescriptor.noise, configuration)
    self.init(elements: settings.integer("elements"), blocks: settings.integer("blocks"))
  }

  package var layout: TensorLayout {
    let bounds = (0...blocks).map { $0 * elements / blocks }
    return TensorLayout(
      (0..<blocks).map { index in
        BlockDescriptor(
          name: "block.\(index)", shape: [bounds[index + 1] - bounds[index]], role: .mlp,
          isMaskable: true)
      })
  }

  package var tokensPerStep: Int { 1 }
  package var entropyFloor: Double? { nil }
  package var dataDescription: String { "white noise, \(elements) elements in \(blocks) blocks" }
  package var workingBytes: Int { 0 }

  package func makeWorkload(threads: Int) -> any Workload { NoiseWorkload(self) }
}
