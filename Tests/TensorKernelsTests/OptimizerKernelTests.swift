import TensorKernels
import Testing

/// The fused passes against the same formulas in double precision.
@Suite struct OptimizerKernelTests {
  static let counts = [1, 7, 64, 2049, 5000]

  @Test(arguments: KernelLevel.available, counts)
  func threeReductionsInOnePass(_ level: KernelLevel, _ count: Int) {
    let (a, b) = (Buffer(count: count, seed: 1).values, Buffer(count: count, seed: 2).values)
    let (x, y) = (a.map(Double.init), b.map(Double.init))
    let result = Kernels(level).reduce(a.span, b.span)
    let size = (Naive.dot(x, x) * Naive.dot(y, y)).squareRoot()
    #expect(abs(result.dot - Naive.dot(x, y)) < 1e-6 * size)
    #expect(abs(result.firstSquared / Naive.dot(x, x) - 1) < 1e-6)
    #expect(abs(result.secondSquared / Naive.dot(y, y) - 1) < 1e-6)
    #expect(result == Kernels(level).reduce(a.span, b.span))
  }

  @Test func theCosineOfAZeroVectorIsZero() {
    let (zero, one) = ([Float](repeating: 0, count: 5), [Float](repeating: 1, count: 5))
    #expect(Kernels().reduce(zero.span, one.span).cosine == 0)
    #expect(abs(Kernels().reduce(one.span, one.span).cosine - 1) < 1e-12)
  }

  @Test(arguments: KernelLevel.available, counts)
  func momentumMovesAndIsReduced(_ level: KernelLevel, _ count: Int) {
    let g = Buffer(count: count, seed: 1).values
    let start = Buffer(count: count, seed: 2).values
    var moment = start
    var span = moment.mutableSpan
    let result = Kernels(level).updateMomentum(&span, gradients: g.span, decay: 0.9)
    let expected = zip(start, g).map { 0.9 * Double($0.0) + 0.1 * Double($0.1) }
    #expect(relativeError(moment, expected) < 1e-6)
    #expect(result == Kernels(level).reduce(moment.span, g.span))
  }

  @Test(arguments: KernelLevel.available, counts)
  func adamFollowsItsFormula(_ level: KernelLevel, _ count: Int) {
    let g = Buffer(count: count, seed: 1).values
    for (coupled, decoupled, scale) in [(0.0, 0.0, 1.0), (0.1, 0, 0.5), (0, 0.1, 1)] {
      var p = Buffer(count: count, seed: 2).values
      var m = [Float](repeating: 0, count: count)
      var v = m
      var (dp, dm, dv) = (p.map(Double.init), m.map(Double.init), m.map(Double.init))
      for step in 1...3 {
        let constants = AdamConstants(
          learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: step,
          coupledDecay: coupled, decoupledDecay: decoupled)
        adam(level, constants, &p, g, &m, &v, scale: Float(scale))
        for i in 0..<count {
          let gradient = Double(g[i]) + coupled * dp[i]
          dm[i] = 0.9 * dm[i] + 0.1 * gradient
          dv[i] = 0.999 * dv[i] + 0.001 * gradient * gradient
          let (c1, c2) = (1 - power(0.9, step), 1 - power(0.999, step))
          let step = (dm[i] / c1) / ((dv[i] / c2).squareRoot() + 1e-8)
          dp[i] = dp[i] * (1 - 0.01 * decoupled) - scale * 0.01 * step
        }
      }
      #expect(relativeError(p, dp) < 1e-6)
      #expect(relativeError(v, dv) < 1e-6)
    }
  }

  @Test(arguments: KernelLevel.available)
  func aDroppedBlockKeepsItsParametersAndMovesItsMoments(_ level: KernelLevel) {
    let g = Buffer(count: 37, seed: 1).values
    let start = Buffer(count: 37, seed: 2).values
    let constants = AdamConstants(
      learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1)
    var (p, m, v) = (start, start, start.map(abs))
    var (written, m2, v2) = (start, start, start.map(abs))
    adam(level, constants, &p, g, &m, &v, writes: false)
    adam(level, constants, &written, g, &m2, &v2)
    #expect(p == start && written != start && m == m2 && v == v2 && m != start)
  }

  private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { y, _ in y * x } }

  private func adam(
    _ level: KernelLevel, _ constants: AdamConstants, _ p: inout [Float], _ g: [Float],
    _ m: inout [Float], _ v: inout [Float], scale: Float = 1, writes: Bool = true
  ) {
    var parameters = p.mutableSpan
    var first = m.mutableSpan
    var second = v.mutableSpan
    Kernels(level).adam(
      constants, parameters: &parameters, gradients: g.span, firstMoment: &first,
      secondMoment: &second, scale: scale, writes: writes)
  }
}
