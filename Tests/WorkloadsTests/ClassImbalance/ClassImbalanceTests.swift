import RealModule
import RunModel
import Testing
import Workloads

@Suite struct ClassImbalanceTests {
  private let source = ClassImbalanceSource(groups: 4, dimension: 12, batch: 20, seed: 0)

  /// Weights that favour nothing, of a size where the softmax is neither flat nor saturated.
  private var weights: [Float] {
    (0..<source.layout.count).map { Float(($0 * 37) % 101) / 100 - 0.5 }
  }

  @Test func groupsHoldAsManySamplesWithTwiceTheClasses() {
    #expect(source.classes == 2 + 4 + 8 + 16)
    #expect(source.labels.count == 4 * 16)
    for group in 1...4 {
      for label in source.classes(ofGroup: group) {
        #expect(source.labels.count { $0 == label } == 1 << (4 - group))
      }
    }
    #expect(source.layout.entries.map(\.shape) == [[2, 12], [4, 12], [8, 12], [16, 12]])
  }

  @Test func zeroWeightsAreMaximallyUnsure() {
    let workload = source.makeWorkload(threads: 1)
    #expect(abs(workload.evaluate(parameters: workload.start().span) - Double.log(30)) < 1e-6)
  }

  @Test func gradientEqualsFiniteDifferences() {
    let error = source.makeWorkload(threads: 1).gradientError(
      weights, BatchKey(seed: 0, step: 1), step: 1e-2,
      indices: Array(stride(from: 0, to: source.layout.count, by: 7)))
    #expect(error < 2e-4)
  }

  @Test func batchAsLargeAsTheDataIsTheWholeOfIt() {
    let full = ClassImbalanceSource(groups: 4, dimension: 12, batch: 1_000, seed: 0)
    let workload = full.makeWorkload(threads: 1)
    #expect(full.tokensPerStep == 64)
    let loss = workload.gradient(weights, BatchKey(seed: 0, step: 1)).loss
    #expect(abs(loss - workload.evaluate(parameters: weights.span)) < 1e-12)
  }

  @Test func descentLearnsTheLabelsByHeart() {
    let easy = ClassImbalanceSource(groups: 3, dimension: 64, batch: 1_000, seed: 1)
    let workload = easy.makeWorkload(threads: 1)
    var weights = workload.start()
    for step in 1...300 {
      let gradient = workload.gradient(weights, BatchKey(seed: 0, step: step)).gradient
      for i in weights.indices { weights[i] -= 0.5 * gradient[i] }
    }
    #expect(workload.evaluate(parameters: weights.span) < 0.1)
  }
}
