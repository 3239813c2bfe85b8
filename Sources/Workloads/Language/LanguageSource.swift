import RunModel
import TensorKernels

/// A text and a model to read it: what all arms of a language run share.
package struct LanguageSource: WorkloadSource {
  package let data: LanguageData
  package let configuration: TransformerConfiguration

  /// - Throws: `RunError(.input)` for a bad text, `.usage` for a model that cannot be built.
  package init(
    _ configuration: RunConfiguration, cache: DataCache = .user,
    progress: (String, Double) -> Void = { _, _ in }
  ) throws(RunError) {
    if let problem = configuration.model.problem {
      throw RunError(.usage, problem, place: "model", remedy: "change the model's numbers")
    }
    data = try LanguageData.load(configuration, cache: cache, progress: progress)
    self.configuration = TransformerConfiguration(
      configuration.model, vocabulary: data.tokenizer.vocabularySize)
  }

  /// A source of ready data, for tests and tools.
  package init(data: LanguageData, model: ModelConfiguration) {
    self.data = data
    configuration = TransformerConfiguration(model, vocabulary: data.tokenizer.vocabularySize)
  }

  package var layout: TensorLayout { configuration.layout }
  package var tokensPerStep: Int { configuration.model.tokensPerStep }
  package var entropyFloor: Double? { data.entropyFloor }
  package var dataDescription: String { data.description }
  package var workingBytes: Int { Transformer.workingBytes(configuration) }

  package func makeWorkload(threads: Int) -> any Workload {
    LanguageWorkload(self, threads: threads)
  }
}
