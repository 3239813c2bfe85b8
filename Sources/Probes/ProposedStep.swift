import Optimizers
import RunModel
import TensorKernels
import Workloads

/// The step an arm would take next, before any coin is tossed.
package struct ProposedStep: Sendable {
  /// `δ = s·Δ`, what is subtracted from the weights where the coin keeps a block; [layout count].
  package var displacement: [Double]
  /// The survival probability of every block; 1 where no coin is tossed.
  package var keep: [Double]
  /// False where a coin decides on a row or an element, or a sign does: no Bernoulli of a block.
  package var tossesWholeBlocks = true

  package init(displacement: [Double], keep: [Double]) {
    self.displacement = displacement
    self.keep = keep
  }

  /// Steps a copy of `optimizer` on a copy of the weights with all coins showing "keep".
  ///
  /// An arm that masks nothing is given SkipUpdate's coins on the maskable blocks (keep ½, scale 2),
  /// so that a probe shows what masking would cost it.
  /// - Parameter batch: whose gradient the step follows; the next training batch is a pure function
  ///   of its key, so looking at it changes nothing.
  package init(
    of optimizer: ArmOptimizer, on workload: any Workload, parameters: Span<Float>,
    batch: BatchKey, clip: Double?, context: StepContext
  ) {
    var optimizer = optimizer
    var gradients = [Float](repeating: 0, count: parameters.count)
    var moved = parameters.indices.map { parameters[$0] }
    var gradientSpan = gradients.mutableSpan
    _ = workload.lossAndGradient(parameters: parameters, gradients: &gradientSpan, batch: batch)
    clipByGlobalNorm(&gradientSpan, limit: clip)
    optimizer.forcedCoins = Array(repeating: true, count: optimizer.layout.entries.count)
    var movedSpan = moved.mutableSpan
    optimizer.step(parameters: &movedSpan, gradients: gradientSpan.span, context: context)
    displacement = parameters.indices.map { Double(parameters[$0]) - Double(moved[$0]) }
    keep = optimizer.outcomes.map { $0.isMasked ? Double($0.keep) : 1 }
    tossesWholeBlocks = optimizer.tossesWholeBlocks
    if tossesWholeBlocks, keep.allSatisfy({ $0 == 1 }) { maskAsSkipUpdate(optimizer.layout) }
  }

  private mutating func maskAsSkipUpdate(_ layout: TensorLayout) {
    for (block, entry) in layout.entries.enumerated() where entry.isMaskable {
      keep[block] = 0.5
      for i in entry.range { displacement[i] *= 2 }
    }
  }

  /// The blocks on which a coin is tossed.
  var maskedBlocks: [Int] { keep.indices.filter { keep[$0] < 1 } }
}
