import RealModule
import RunModel
import TensorKernels
import Testing
import Workloads

@Suite struct LanguageWorkloadTests {
  private func source(_ settings: [String: SettingValue] = [:]) throws -> LanguageSource {
    var nano = configuration("language", settings)
    nano.model = ModelConfiguration(size: .nano)
    return try LanguageSource(nano, cache: .none)
  }

  @Test func untrainedModelIsNearlyUniformOverBytes() throws {
    let workload = try source().makeWorkload(threads: 1)
    let loss = workload.evaluate(parameters: workload.start().span)
    #expect(abs(loss - Double.log(256)) < 0.05)
  }

  @Test func someDescentLearnsTheLetters() throws {
    let source = try source()
    let workload = source.makeWorkload(threads: 1)
    var weights = workload.start()
    var mean = [Float](repeating: 0, count: weights.count)
    var square = mean
    for step in 1...150 {
      let gradient = workload.gradient(weights, BatchKey(seed: 0, step: step)).gradient
      for i in weights.indices {
        mean[i] = 0.9 * mean[i] + 0.1 * gradient[i]
        square[i] = 0.98 * square[i] + 0.02 * gradient[i] * gradient[i]
        weights[i] -= 2e-3 * mean[i] / (square[i].squareRoot() + 1e-6)
      }
    }
    let loss = workload.evaluate(parameters: weights.span)
    #expect(loss < 2.2)
    #expect(loss > (source.entropyFloor ?? .infinity))
  }

  @Test func validationLossIsTheMeanOverTheWindowsWhateverTheirBatches() throws {
    let source = try source()
    let transformer = Transformer(source.configuration, threads: 1)
    let workload = source.makeWorkload(threads: 1)
    let weights = workload.start()
    var nats = 0.0
    for window in source.data.windows.ranges {
      let tokens = Array(source.data.validation[window])
      nats += transformer.loss(
        parameters: weights.span, inputs: Array(tokens.dropLast()).span,
        targets: Array(tokens.dropFirst()).span, batch: 1, length: tokens.count - 1)
    }
    let expected = nats / Double(source.data.windows.ranges.count)
    #expect(abs(workload.evaluate(parameters: weights.span) - expected) < 1e-6)
  }

  @Test func samplesAreAFunctionOfTheSeedAndGreedyOnesOfNone() throws {
    let workload = try source().makeWorkload(threads: 1)
    let weights = workload.start(seed: 1)
    func sample(_ temperature: Double, _ seed: UInt64, _ prompt: String = "ba") -> String? {
      workload.sample(
        parameters: weights.span, prompt: prompt, tokens: 40, temperature: temperature, seed: seed)
    }
    #expect(sample(1, 1) == sample(1, 1))
    #expect(sample(1, 1) != sample(1, 2))
    #expect(sample(0, 1) == sample(0, 2))
    #expect(sample(1, 1, "") != nil)
  }

  @Test func learntPiecesMakeFewerTokensAndNoFloor() throws {
    let bpe = try source(["tokenizer": .text("bpe"), "vocabulary": .number(320)])
    #expect(bpe.entropyFloor == nil)
    #expect(bpe.data.training.count < 3_000_000)
    #expect(bpe.layout.entries[0].shape == [320, 32])
    let characters = try source(["tokenizer": .text("character")])
    #expect(characters.data.tokenizer.vocabularySize < 28)
    #expect(characters.entropyFloor == (try source().entropyFloor))
  }
}
