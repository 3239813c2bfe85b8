import RunModel
import TensorKernels

/// A text and a model to read it: what all arms of a language run share.
package struct LanguageSource: WorkloadSource {
  package let data: LanguageData
  package let configuration: TransformerConfiguration
  /// Weights of the checkpoint that every arm starts from; nil: drawn from the seed.
  private(set) var start: [Float]?
  /// What is fine-tuned; nil where the run is no fine-tuning.
  private let tuning: FineTuning?

  /// - Throws: `RunError(.input)` for a bad text, `.usage` for a model that cannot be built.
  package init(
    _ configuration: RunConfiguration, cache: DataCache = .user
  ) throws(RunError) {
    if let problem = configuration.model.problem {
      throw RunError(.usage, problem, place: "model", remedy: "change the model's numbers")
    }
    var start: CheckpointStart?
    if let directory = configuration.from {
      start = try CheckpointStart(directory: directory, model: configuration.model)
    }
    tuning = try FineTuning(configuration, cache: cache)
    if let tuning {
      data = tuning.data
    } else {
      data = try LanguageData.load(
        configuration, tokenizer: start?.tokenizer, cache: cache)
    }
    self.configuration = TransformerConfiguration(
      configuration.model, vocabulary: start?.vocabulary ?? data.tokenizer.vocabularySize)
    self.start = start?.weights
  }

  /// A source of ready data, for tests and tools.
  package init(data: LanguageData, model: ModelConfiguration) {
    self.data = data
    tuning = nil
    configuration = TransformerConfiguration(model, vocabulary: data.tokenizer.vocabularySize)
  }

  package func trained() throws(RunError) -> LanguageSource {
    guard let tuning, start == nil else { return self }
    var trained = self
    trained.start = try tuning.weights()
    return trained
  }

  /// The language a fine-tuned model comes from; nil where there is none.
  var base: LanguageData? { tuning?.base }
  package var layout: TensorLayout { configuration.layout }
  package var tokensPerStep: Int { configuration.model.tokensPerStep }
  package var entropyFloor: Double? { data.entropyFloor }
  package var baseFloor: Double? { base?.entropyFloor }
  package var textPrint: String? { data.textPrint }
  package var dataDescription: String { data.description }
  package var workingBytes: Int { Transformer.workingBytes(configuration) }

  /// The weights of step 0: the checkpoint's, or a function of `seed`.
  func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    guard let start else { return configuration.initialize(&parameters, seed: seed) }
    precondition(parameters.count == start.count, "the arena does not fit the layout")
    for i in start.indices { parameters[i] = start[i] }
  }

  package func makeWorkload(threads: Int) -> any Workload {
    LanguageWorkload(self, threads: threads)
  }
}
