import RunModel
import TensorKernels
import Testing
import Workloads

/// Loss and gradients against PyTorch and transformers, at every kernel level of this machine.
@Suite struct TransformerFixtureTests {
  @Test func everyCaseIsPresent() {
    #expect(
      TransformerFixture.all.map(\.name) == ["llama-untied", "llama-tied", "gemma", "gemma-capped"])
  }

  @Test(arguments: TransformerFixture.all)
  func blocksHaveHuggingFacesNamesAndOrder(_ fixture: TransformerFixture) throws {
    #expect(fixture.configuration.layout.entries.map(\.name) == fixture.names)
    let count = try fixture.parameters().count
    #expect(count == fixture.configuration.layout.count)
  }

  @Test(arguments: TransformerFixture.all, KernelLevel.available)
  func lossAndGradientsEqualHuggingFaces(_ fixture: TransformerFixture, _ level: KernelLevel) throws
  {
    let transformer = Transformer(fixture.configuration, threads: 1, level: level)
    let result = Evaluation(
      transformer, parameters: try fixture.parameters(), inputs: fixture.inputs.flatMap { $0 },
      targets: fixture.targets.flatMap { $0 }, batch: fixture.batch, length: fixture.length)
    #expect(abs(result.loss - fixture.loss) < 2e-6 * fixture.conditioning * fixture.loss)
    let expected = try fixture.gradients()
    for entry in transformer.layout.entries {
      let error = relativeError(result.gradients[entry.range], expected[entry.range])
      #expect(error < 5e-6 * fixture.conditioning, "\(entry.name): \(error)")
    }
  }

  @Test(arguments: TransformerFixture.all, KernelLevel.available)
  func nextTokenLogitsEqualHuggingFaces(_ fixture: TransformerFixture, _ level: KernelLevel) throws
  {
    let transformer = Transformer(fixture.configuration, threads: 1, level: level)
    let (parameters, tokens) = (try fixture.parameters(), fixture.inputs[0])
    var logits = [Float](repeating: 0, count: fixture.vocabulary)
    var span = logits.mutableSpan
    transformer.logits(
      parameters: parameters.span, tokens: tokens.span, into: &span)
    #expect(relativeError(logits, fixture.lastLogits) < 2e-6 * fixture.conditioning)
  }
}
