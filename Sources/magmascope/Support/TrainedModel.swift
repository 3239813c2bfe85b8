import Checkpoints
import Foundation
import RunModel
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
    let folder = try ModelFolder(directory)
    configuration = TransformerConfiguration(folder.model, vocabulary: folder.vocabulary)
    var parameters: [Float] = []
    try folder.read(configuration.layout.blocks, into: &parameters)
    self.parameters = parameters
  }

  /// The tokenizer of the run that the checkpoint lies in; bytes for a vocabulary of 256.
  func tokenizer(library: (String) throws -> RunConfiguration) throws -> any Tokenizer {
    let own = try LanguageData.checkpointTokenizer(
      directory, vocabulary: configuration.vocabulary)
    if let own { return own }
    if configuration.vocabulary == 256 { return ByteTokenizer() }
    let run = URL(fileURLWithPath: directory).standardized
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = run.appending(path: "run.yaml").path
    guard FileManager.default.fileExists(atPath: file) else {
      throw RunError(
        .input,
        "has \(configuration.vocabulary) tokens and neither tokenizer.json nor "
          + "run.yaml to tell what they are",
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
