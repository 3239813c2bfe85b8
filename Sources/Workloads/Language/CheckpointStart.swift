import Checkpoints
import HostSystem
import RunModel

/// What a run takes over from the checkpoint it starts from: weights, and what a token is.
struct CheckpointStart: Sendable {
  /// In the order of the model's layout.
  let weights: [Float]
  let tokenizer: any Tokenizer
  let vocabulary: Int

  /// - Throws: `RunError(.input)` naming the file and what is wrong with it.
  init(directory: String, model: ModelConfiguration) throws(RunError) {
    let folder = try ModelFolder(directory)
    vocabulary = folder.vocabulary
    tokenizer = try Self.tokenizer(of: directory, vocabulary: folder.vocabulary)
    let layout = TransformerConfiguration(model, vocabulary: folder.vocabulary).layout
    try AvailableMemory.check(
      4 * layout.count, for: "the checkpoint's weights", place: directory, category: .usage)
    var weights: [Float] = []
    try folder.read(layout.blocks, into: &weights)
    self.weights = weights
  }

  static func tokenizer(
    of directory: String, vocabulary: Int
  ) throws(RunError) -> any Tokenizer {
    if let tokenizer = try LanguageData.checkpointTokenizer(directory, vocabulary: vocabulary) {
      return tokenizer
    }
    guard vocabulary == 256 else {
      throw RunError(
        .input, "has \(vocabulary) tokens and no tokenizer.json to tell what they are",
        place: directory, remedy: "put the tokenizer.json that belongs to it there")
    }
    return ByteTokenizer()
  }
}

extension LanguageData {
  /// The tokenizer that lies beside a checkpoint's weights; nil where there is none.
  package static func checkpointTokenizer(
    _ directory: String, vocabulary: Int
  ) throws(RunError) -> (any Tokenizer)? {
    guard let bytes = try ModelFolder.tokenizer(of: directory) else { return nil }
    return try ForeignTokenizer(
      bytes, vocabulary: vocabulary, place: directory + "/tokenizer.json")
  }
}
