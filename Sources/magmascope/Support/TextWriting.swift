import Foundation
import Optimizers
import Presets
import RunModel
import Workloads

/// How a trained model is to write: for `sample`, and for the explorer's `:sample`.
struct TextWriting {
  var prompt = ""
  var tokens = 200
  /// 0 takes the likeliest token, 1 draws as the model believes.
  var temperature = 1.0
  var seed: UInt64 = 0

  /// The prompt, and how the model of a checkpoint goes on with it.
  ///
  /// - Throws: `RunError` (.input) for a checkpoint that cannot be read or whose weights are not finite.
  func bytes(from checkpoint: String) throws -> [UInt8] {
    let model = try TrainedModel(directory: checkpoint)
    let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
    let builder = ConfigurationBuilder(
      catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
    let tokenizer = try model.tokenizer { file in
      try builder.build(try library.fields(file), category: .input)
    }
    var configuration = model.configuration
    let length = tokenizer.encode(ArraySlice(prompt.utf8)).count + tokens
    (configuration.model.batch, configuration.model.context) = (
      1, min(configuration.model.context, max(1, length))
    )
    let sampler = TextSampler(
      transformer: Transformer(configuration, threads: 1), tokenizer: tokenizer)
    let text = sampler.sample(
      parameters: model.parameters.span, prompt: prompt,
      fallback: tokenizer.encode(ArraySlice("\n".utf8)).first ?? 0, tokens: tokens,
      temperature: temperature, seed: seed)
    guard let text else {
      throw RunError(
        .input, "its weights give no probabilities (not a number): the model has diverged",
        place: checkpoint, remedy: "use a checkpoint from before it diverged")
    }
    return Array(prompt.utf8) + text
  }
}
