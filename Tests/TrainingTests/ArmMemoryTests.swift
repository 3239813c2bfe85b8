import CAllocationCounter
import Optimizers
import RunModel
import TensorKernels
import Testing
import Training
import Workloads

/// The memory that is stated before a run is the memory that the allocator then hands out.
@Suite struct ArmMemoryTests {
  /// Bytes still held after making an arm and taking two steps, all on this thread.
  private func heldBytes(_ arm: ArmSpecification, _ source: LanguageSource) throws -> Int64 {
    let before = allocated_bytes()
    let workload = source.makeWorkload(threads: 1)
    let parameters = TensorArena(count: source.layout.count)
    let gradients = TensorArena(count: source.layout.count)
    var optimizer = try ArmOptimizer(arm, layout: source.layout)
    var weights = parameters.elements.mutableSpan
    var slopes = gradients.elements.mutableSpan
    workload.initialize(&weights, seed: 0)
    for step in 1...2 {
      _ = workload.lossAndGradient(
        parameters: parameters.elements.span, gradients: &slopes,
        batch: BatchKey(seed: 0, step: step))
      optimizer.step(
        parameters: &weights, gradients: gradients.elements.span, context: StepContext(step: step))
    }
    let held = allocated_bytes() - before
    return withExtendedLifetime((workload, optimizer)) { held }
  }

  private func expectStated(_ text: String, _ size: ModelSize) throws {
    let configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: size), arms: [try OptimizerRegistry.arm(text)])
    let source = try LanguageSource(configuration)
    let held = try heldBytes(configuration.arms[0], source)
    guard allocated_bytes() != -1 else { return }
    let stated = try ArmMemory.bytes(configuration.arms[0], source: source)
    #expect(abs(Double(stated) / Double(held) - 1) < 0.1, "stated \(stated), held \(held)")
  }

  @Test(arguments: ModelSize.allCases)
  func statedMemoryIsWithinATenthAtEverySize(_ size: ModelSize) throws {
    try expectStated("magma(adam)", size)
  }

  @Test(arguments: [
    "sgd", "magma(sgd)", "magma(rmsprop)", "lion", "muon", "adafactor", "soap", "apollo",
    "cautious(adam)", "skip(adam):grain=element",
  ])
  func statedMemoryIsWithinATenthForEveryKindOfOptimizer(_ arm: String) throws {
    try expectStated(arm, .micro)
  }
}
