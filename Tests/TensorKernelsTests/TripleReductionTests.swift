import TensorKernels
import Testing

/// The reductions against the same sums in double precision.
@Suite struct TripleReductionTests {
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
}
