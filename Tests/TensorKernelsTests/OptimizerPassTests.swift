import TensorKernels
import Testing

/// What the optimizers rely on beyond the formulas: bits that do not depend on how a pass is cut.
@Suite struct OptimizerPassTests {
  static let counts = [1, 3, 7, 64, 2051]

  @Test(arguments: KernelLevel.available, counts)
  func elementCoinsAreThoseOfTheirQuads(_ level: KernelLevel, _ count: Int) {
    let coins = Coins(seed: 5)
    for keep in [0, 0.3, 0.5, 1] {
      var kept = [Float](repeating: 2, count: count)
      Kernels(level).toss(coins, step: 7, block: 3, keep: keep, into: &kept, count: count)
      let expected = (0..<count).map { i -> Float in
        coins.quad(step: 7, block: 3, quad: i / 4)[i % 4] < keep ? 1 : 0
      }
      #expect(kept == expected)
    }
  }

  @Test(arguments: KernelLevel.available, counts)
  func aWriteReportsTheNormOfWhatWasAskedFor(_ level: KernelLevel, _ count: Int) {
    let (kernels, delta) = (Kernels(level), Buffer(count: count, seed: 1).values)
    let start = Buffer(count: count, seed: 2).values
    var written = start
    var span = written.mutableSpan
    let asked = kernels.write(
      delta.span, WriteFactors(keep: 0.999, factor: 0.3, lost: 1e-3), to: &span, at: 0..<count)
    var expected = 0.0
    for i in 0..<count {
      let step = 0.3 * Double(delta[i]) + 1e-3 * Double(start[i])
      expected += step * step
      #expect(abs(Double(written[i]) - Double(start[i]) + step) < 1e-6)
    }
    #expect(abs(asked - expected) <= 1e-6 * expected)
  }

  /// Steps too small for the weights to move, or for their squares to be single, still count.
  @Test(arguments: KernelLevel.available, counts)
  func whatRoundingSwallowsWasAskedForAllTheSame(_ level: KernelLevel, _ count: Int) {
    let delta = [Float](repeating: 1, count: count)
    for (factor, isKept) in [(1e-12, true), (1e-30, true), (0, true), (1e-3, false)] {
      var weights = [Float](repeating: 1, count: count)
      var span = weights.mutableSpan
      let kept = [Float](repeating: isKept ? 1 : 0, count: count)
      let factors = WriteFactors(factor: Float(factor))
      let asked =
        isKept
        ? Kernels(level).write(delta.span, factors, to: &span, at: 0..<count)
        : Kernels(level).write(delta.span, kept: kept.span, factors, to: &span, at: 0..<count)
      let wanted = isKept ? Double(count) * Double(Float(factor)) * Double(Float(factor)) : 0
      #expect(abs(asked - wanted) <= 1e-12 * wanted)
      #expect(weights.allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: KernelLevel.available)
  func momentsDoNotDependOnWhereAStretchBegins(_ level: KernelLevel) {
    let (count, kernels) = (1000, Kernels(level))
    let g = Buffer(count: count, seed: 1).values
    func absorb(_ cuts: [Int]) -> [UInt32] {
      var m = Buffer(count: count, seed: 2).values
      var v = m.map { $0 * $0 }
      for (start, end) in zip(cuts, cuts.dropFirst()) {
        let part = g.span.extracting(start..<end)
        kernels.absorb(
          &m, &v, at: start, fresh1: 0.1, kept2: 0.999, fresh2: 0.001, gradient: part,
          parameters: part, decay: 0.1)
        let (mean, square) = (m, v)
        kernels.divideByRoots(
          mean.span.extracting(start..<end), square.span.extracting(start..<end), rate: 0.1,
          root: 1.1, epsilon: 1e-8, into: &m, at: start)
      }
      return (m + v).map(\.bitPattern)
    }
    #expect(absorb([0, count]) == absorb([0, 1, 34, 67, 500, 999, count]))
  }

  @Test(arguments: KernelLevel.available, counts)
  func squaredNormsAreAccurate(_ level: KernelLevel, _ count: Int) {
    let x = Buffer(count: count, seed: 4).values
    let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(Kernels(level).squaredNorm(x.span) - expected) <= 1e-6 * expected)
  }
}
