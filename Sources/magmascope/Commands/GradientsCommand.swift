import ArgumentParser
import Checkpoints
import Foundation
import RunModel
import TensorKernels
import Workloads

/// `magmascope gradients CHECKPOINT_DIR`: the model's loss and gradient on given tokens.
struct GradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "Writes the gradient of a checkpoint's loss on given tokens, to check it elsewhere.")

  @Argument(help: "A checkpoint: config.json and model.safetensors.")
  var checkpoint: String

  @Option(help: "JSON with \"inputs\" and \"targets\", rows of token numbers.")
  var tokens: String

  @Option(help: "What operands of matrix products are rounded to: fp32 or bf16.")
  var precision = ModelConfiguration.Precision.fp32

  @Option(help: "Where to write the gradients, as safetensors.")
  var out: String

  func run() throws {
    let model = try TrainedModel(directory: checkpoint)
    let batch = try TokenRows(file: tokens, configuration: model.configuration)
    var configuration = model.configuration
    (configuration.model.batch, configuration.model.context) = (batch.rows, batch.length)
    configuration.model.precision = precision
    let transformer = Transformer(configuration, threads: 1)
    var gradients = [Float](repeating: 0, count: transformer.layout.count)
    var span = gradients.mutableSpan
    let loss = transformer.lossAndGradient(
      parameters: model.parameters.span, gradients: &span, inputs: batch.inputs.span,
      targets: batch.targets.span, batch: batch.rows, length: batch.length)
    let tensors = transformer.layout.entries.map { entry in
      TensorSnapshot(name: entry.name, shape: entry.shape, values: Array(gradients[entry.range]))
    }
    try OutputFile.write(
      Data(Safetensors.encode(tensors, metadata: ["format": "pt", "loss": "\(loss)"])), to: out)
    try StandardOutput().write(String(format: "loss=%.6f\n", loss))
  }
}

/// Rows of tokens, all of one length within the model's context.
private struct TokenRows {
  var inputs: [Int32]
  var targets: [Int32]
  var rows: Int
  var length: Int

  private struct File: Decodable {
    var inputs: [[Int32]]
    var targets: [[Int32]]
  }

  init(file path: String, configuration: TransformerConfiguration) throws(RunError) {
    let decoded: File
    do {
      decoded = try JSONDecoder().decode(File.self, from: try InputFile.read(path, as: .json))
    } catch let error as RunError {
      throw error
    } catch {
      throw RunError(
        .input, "is not {\"inputs\":[[..]],\"targets\":[[..]]} with whole numbers", place: path,
        remedy: "write one row of tokens for each sequence")
    }
    let lengths = Set((decoded.inputs + decoded.targets).map(\.count))
    guard let length = lengths.first, lengths.count == 1, length > 0,
      decoded.inputs.count == decoded.targets.count
    else {
      throw RunError(
        .input, "its rows differ in length or number", place: path,
        remedy: "give as many rows of targets as of inputs, all equally long")
    }
    guard length <= configuration.model.context else {
      throw RunError(
        .input, "rows of \(length) tokens exceed the context of \(configuration.model.context)",
        place: path, remedy: "shorten them")
    }
    inputs = decoded.inputs.flatMap { $0 }
    targets = decoded.targets.flatMap { $0 }
    (rows, self.length) = (decoded.inputs.count, length)
    let vocabulary = Int32(configuration.vocabulary)
    guard (inputs + targets).allSatisfy({ (0..<vocabulary).contains($0) }) else {
      throw RunError(
        .input, "a token lies outside 0..\(vocabulary - 1)", place: path,
        remedy: "use the model's own tokens")
    }
  }
}
