import CAllocationCounter
import RunModel
import TensorKernels
import Testing
import Workloads

/// Memory: stated before the run, and none taken in a step.
@Suite struct TransformerMemoryTests {
  @Test func theCounterSeesAllocations() {
    let before = allocation_count()
    let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 100)
    numbers.deallocate()
    #expect(before < 0 || allocation_count() > before)
  }

  @Test(arguments: ModelConfiguration.Architecture.allCases)
  func aSteadyStepAllocatesNothing(_ architecture: ModelConfiguration.Architecture) {
    var model = ModelConfiguration(size: .nano)
    model.architecture = architecture
    if architecture == .gemma { model.head = .tied }
    let configuration = TransformerConfiguration(model, vocabulary: 256)
    let transformer = Transformer(configuration, threads: 1)
    let tokens = (0..<model.tokensPerStep).map { Int32($0 * 7 % 256) }
    var parameters = [Float](repeating: 0, count: transformer.layout.count)
    var gradients = parameters
    var weights = parameters.mutableSpan
    configuration.initialize(&weights, seed: 0)
    func step() -> Double {
      var span = gradients.mutableSpan
      return transformer.lossAndGradient(
        parameters: parameters.span, gradients: &span, inputs: tokens.span, targets: tokens.span,
        batch: model.batch, length: model.context)
    }
    _ = step()
    let before = allocation_count()
    for _ in 0..<10 { _ = step() }
    #expect(allocation_count() - before == 0)
  }

  @Test(arguments: ModelSize.allCases)
  func statedMemoryCoversActivationsAndStaysSmall(_ size: ModelSize) {
    let configuration = TransformerConfiguration(ModelConfiguration(size: size), vocabulary: 256)
    let bytes = Transformer.workingBytes(configuration)
    #expect(bytes > 4 * configuration.layout.count && bytes < 128 << 20)
  }
}
