import TensorKernels
import Testing

@Suite struct KernelLevelTests {
  @Test func automaticIsTheBestLevel() {
    #expect(KernelLevel(argument: "automatic") == .best)
    #expect(KernelLevel(argument: "portable") == .portable)
    #expect(KernelLevel(argument: "mmx") == nil)
  }

  @Test func theReferenceAndThePortableLevelAreAlwaysAvailable() {
    #expect(KernelLevel.available.starts(with: [.reference, .portable]))
    #expect(KernelLevel.available.contains(.current))
  }

  @Test func aProcessorWithFastKernelsGetsNoWarning() {
    #expect((KernelLevel.warning == nil) == (KernelLevel.best != .portable))
  }

  @Test(arguments: KernelLevel.available)
  func thePeakIsPlausible(_ level: KernelLevel) {
    let peak = Machine.peakOperationsPerSecond(level: level, repeats: 2)
    #expect(peak > 1e8 && peak < 1e12)
  }

  @Test func theProcessorHasAName() {
    #expect(!Machine.processorName.isEmpty)
  }
}

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3])
  func everyIndexIsDoneExactlyOnceInEveryRun(_ threads: Int) {
    let pool = WorkerPool(threads: threads)
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 7)
    counts.initialize(repeating: 0, count: 7)
    defer { counts.deallocate() }
    for _ in 0..<200 {
      pool.run(count: 7, context: counts) { context, index in
        context.assumingMemoryBound(to: Int.self)[index] += 1
      }
    }
    for index in 0..<7 { #expect(counts[index] == 200) }
  }
}
