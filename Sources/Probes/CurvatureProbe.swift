import RunModel
import TensorKernels

/// How sharply the loss bends along the proposed step, block by block and between blocks.
///
/// With a random sign per block, v = Σ σ_b δ_b has E[v_bᵀ(Hv)_b] = δ_bᵀH_bbδ_b exactly; with all signs
/// +1, δᵀHδ is that sum plus the cross-block part. Two gradients a draw.
package struct CurvatureProbe {
  package var draws: Int

  package init(draws: Int = 8) { self.draws = draws }

  package func run(_ arm: ProbedArm, _ step: ProposedStep) -> ProbeReading {
    var product = HessianVectorProduct(arm, at: arm.parameters)
    var random = arm.random
    let ranges = arm.layout.entries.map(\.range)
    var perBlock = [Double](repeating: 0, count: ranges.count)
    var sums: [Double] = []
    for _ in 0..<draws {
      let v = signed(step.displacement, ranges, &random)
      let image = product(v)
      let shares = ranges.map { dot(v, image, over: $0) }
      for block in shares.indices { perBlock[block] += shares[block] / Double(draws) }
      sums.append(shares.reduce(0, +))
    }
    let diagonal = sums.reduce(0, +) / Double(draws)
    let image = product(step.displacement)
    let whole = dot(step.displacement, image, over: step.displacement.indices)
    return ProbeReading(
      kind: .curvature, arm: arm.arm, step: arm.step,
      figures: [
        .init(name: "withinBlocks", value: diagonal),
        .init(name: "withinBlocksError", value: standardError(sums)),
        .init(name: "crossBlocks", value: whole - diagonal),
        .init(name: "wholeStep", value: whole),
      ], perBlock: perBlock, cpuSeconds: 0)
  }

  private func signed(
    _ vector: [Double], _ ranges: [Range<Int>], _ random: inout RandomStream
  ) -> [Double] {
    var signed = vector
    for range in ranges where random.nextBits() & 1 == 1 {
      for i in range { signed[i] = -signed[i] }
    }
    return signed
  }
}

/// Standard deviation of the mean of `values`; 0 for fewer than two.
func standardError(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let mean = values.reduce(0, +) / Double(values.count)
  let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (square / Double(values.count * (values.count - 1))).squareRoot()
}
