import Foundation
import RunModel
import RunStore
import TensorKernels
import Workloads

/// A decoder and its weights, read from a checkpoint directory in Hugging Face's layout.
struct TrainedModel {
  let configuration: TransformerConfiguration
  let parameters: [Float]
  private let directory: String

  /// - Throws: `RunError` (.input) naming the file and what is wrong with it.
  init(directory: String) throws(RunError) {
    self.directory = directory
    let description = directory + "/config.json"
    let (model, vocabulary) = try ModelDescription.decode(
      Array(try InputFile.read(description)), place: description)
    configuration = TransformerConfiguration(model, vocabulary: vocabulary)
    let weights = directory + "/model.safetensors"
    parameters = try Self.arrange(
      try RunDirectory.readTensors(weights), as: configuration.layout, place: weights)
  }

  /// The tensors in the layout's order, each with the shape it must have.
  private static func arrange(
    _ tensors: [TensorSnapshot], as layout: TensorLayout, place: String
  ) throws(RunError) -> [Float] {
    let named = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var parameters: [Float] = []
    parameters.reserveCapacity(layout.count)
    for entry in layout.entries {
      guard let tensor = named[entry.name] else {
        throw RunError(
          .input, "has no tensor '\(entry.name)'", place: place,
          remedy: "use a checkpoint whose config.json belongs to it")
      }
      guard tensor.shape == entry.shape else {
        throw RunError(
          .input, "'\(entry.name)' has shape \(tensor.shape), config.json wants \(entry.shape)",
          place: place, remedy: "use a checkpoint whose config.json belongs to it")
      }
      parameters += tensor.values
    }
    return parameters
  }

  /// The tokenizer of the run that the checkpoint lies in; bytes for a vocabulary of 256.
  func tokenizer(library: (String) throws -> RunConfiguration) throws -> any Tokenizer {
    if configuration.vocabulary == 256 { return ByteTokenizer() }
    let run = URL(fileURLWithPath: directory).standardized
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = run.appending(path: "run.yaml").path
    guard FileManager.default.fileExists(atPath: file) else {
      throw RunError(
        .input, "has \(configuration.vocabulary) tokens and no run.yaml to tell what they are",
        place: directory, remedy: "leave the checkpoint in its run directory")
    }
    let tokenizer = try LanguageData.load(try library(file)).tokenizer
    guard tokenizer.vocabularySize == configuration.vocabulary else {
      throw RunError(
        .input,
        "the run's data give \(tokenizer.vocabularySize) tokens, the checkpoint has "
          + "\(configuration.vocabulary)", place: file, remedy: "use the text it was trained on")
    }
    return tokenizer
  }
}
