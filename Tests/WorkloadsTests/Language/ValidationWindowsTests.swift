import RunModel
import Testing
import Workloads

@Suite struct ValidationWindowsTests {
  @Test(arguments: [32, 64, 128, 256, 1024])
  func atLeast64FullWindowsReachFromTheFirstTokenToTheLast(_ context: Int) {
    let windows = ValidationWindows(tokenCount: 1_000_000, context: context)
    #expect(windows.ranges.count >= 64)
    #expect(windows.targetCount >= 8_192)
    #expect(windows.ranges.allSatisfy { $0.count == context + 1 })
    #expect(windows.ranges.first?.lowerBound == 0)
    #expect(windows.ranges.last?.upperBound == 1_000_000)
    let gaps = zip(windows.ranges, windows.ranges.dropFirst()).map { $1.lowerBound - $0.lowerBound }
    #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
  }

  @Test(arguments: [2, 3, 64, 65, 66, 129, 1_000, 8_192, 8_193, 8_194, 8_300])
  func everyTokenButTheFirstIsATargetOnceWhenTheTextIsShort(_ tokens: Int) {
    let windows = ValidationWindows(tokenCount: tokens, context: 64)
    guard tokens <= 8_193 else {
      #expect(windows.ranges.count == 128)
      return
    }
    let targets = windows.ranges.flatMap { Array($0.dropFirst()) }
    #expect(targets == Array(1..<tokens))
    #expect(windows.targetCount == tokens - 1)
  }
}

@Suite struct BatchSamplerTests {
  private let sampler = BatchSampler(tokenCount: 1_000, context: 64, batch: 16)

  @Test func batchIsAPureFunctionOfSeedAndStep() {
    let key = BatchKey(seed: 5, step: 17)
    let starts = sampler.starts(key)
    _ = sampler.starts(BatchKey(seed: 5, step: 18))
    #expect(sampler.starts(key) == starts)
    #expect(starts.count == 16)
    #expect(starts != sampler.starts(BatchKey(seed: 5, step: 18)))
    #expect(starts != sampler.starts(BatchKey(seed: 6, step: 17)))
    #expect(starts != sampler.starts(BatchKey(.probe, seed: 5, step: 17)))
  }

  @Test func windowsCoverTheWholeTextAndNothingBeyond() {
    let starts = (1...500).flatMap { sampler.starts(BatchKey(seed: 0, step: $0)) }
    #expect(starts.min() == 0)
    #expect(starts.max() == 1_000 - 64 - 1)
  }
}
