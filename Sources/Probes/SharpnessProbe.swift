import RunModel
import TensorKernels

/// The largest eigenvalue (in magnitude) of the Hessian, of the whole and of each block's own part.
///
/// Power iteration from a random vector; the answer is the last Rayleigh quotient. Two gradients an
/// iteration, so per-block figures cost as many as there are blocks times as much.
package struct SharpnessProbe {
  package var iterations: Int
  /// Iterations for each block; 0 leaves the blocks out.
  package var blockIterations: Int

  package init(iterations: Int = 20, blockIterations: Int = 6) {
    self.iterations = iterations
    self.blockIterations = blockIterations
  }

  package func run(_ arm: ProbedArm) -> ProbeReading {
    var product = HessianVectorProduct(arm, at: arm.parameters)
    var random = arm.random
    let whole = iterate(iterations, arm.parameters.indices, arm, &product, &random)
    var perBlock: [Double] = []
    if blockIterations > 0 {
      for entry in arm.layout.entries {
        perBlock.append(
          iterate(blockIterations, entry.range, arm, &product, &random).eigenvalue)
      }
    }
    return ProbeReading(
      kind: .sharpness, arm: arm.arm, step: arm.step,
      figures: [
        .init(name: "largestEigenvalue", value: whole.eigenvalue),
        .init(name: "lastChange", value: whole.change),
      ], perBlock: perBlock, cpuSeconds: 0)
  }

  private func iterate(
    _ count: Int, _ range: Range<Int>, _ arm: ProbedArm, _ product: inout HessianVectorProduct,
    _ random: inout RandomStream
  ) -> (eigenvalue: Double, change: Double) {
    var v = [Double](repeating: 0, count: arm.parameters.count)
    for i in range { v[i] = random.normal() }
    var (eigenvalue, change) = (0.0, 0.0)
    for _ in 0..<count {
      let norm = dot(v, v, over: range).squareRoot()
      guard norm > 0, norm.isFinite else { break }
      for i in range { v[i] /= norm }
      let image = product(v)
      let quotient = dot(v, image, over: range)
      change = abs(quotient - eigenvalue) / max(abs(quotient), 1e-300)
      eigenvalue = quotient
      for i in range { v[i] = image[i] }
    }
    return (eigenvalue, change)
  }
}
