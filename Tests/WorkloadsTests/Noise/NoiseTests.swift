import RunModel
import Testing
import Workloads

@Suite struct NoiseTests {
  private let workload = NoiseSource(elements: 32_768, blocks: 8).makeWorkload(threads: 1)

  @Test func gradientsAreWhiteNoiseOfNormOne() {
    let start = workload.start()
    let first = workload.gradient(start, BatchKey(seed: 0, step: 1)).gradient
    let second = workload.gradient(start, BatchKey(seed: 0, step: 2)).gradient
    let square = first.reduce(0.0) { $0 + Double($1) * Double($1) }
    let fourth = first.reduce(0.0) { $0 + Double($1) * Double($1) * Double($1) * Double($1) }
    #expect(abs(square - 1) < 0.03)
    #expect(abs(fourth * 32_768 / (square * square) - 3) < 0.2)
    #expect(abs(zip(first, second).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }) < 0.025)
  }

  @Test func gradientsDoNotDependOnTheWeights() {
    let key = BatchKey(seed: 3, step: 9)
    let here = workload.gradient(workload.start(), key).gradient
    let there = workload.gradient(Array(repeating: 2, count: 32_768), key)
    #expect(here == there.gradient)
    let loss = workload.loss(
      parameters: [Float](repeating: 2, count: 32_768).span, batch: key)
    #expect(loss == there.loss)
    #expect(abs(loss - 2 * here.reduce(0.0) { $0 + Double($1) }) < 1e-9)
  }

  @Test func blocksCoverAllElements() throws {
    let source = try WorkloadRegistry.source(
      for: configuration("noise", ["elements": .number(40_000), "blocks": .number(7)]))
    #expect(source.layout.count == 40_000)
    #expect(source.layout.entries.count == 7)
    #expect(source.layout.entries.allSatisfy { $0.range.count >= 40_000 / 7 })
  }
}
