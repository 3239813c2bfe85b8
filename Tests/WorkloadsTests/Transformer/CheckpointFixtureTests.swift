import Checkpoints
import Foundation
import RunModel
import TensorKernels
import Testing
import Workloads

/// Folders that Hugging Face wrote, with the loss and gradients it computes from them in float32.
@Suite struct CheckpointFixtureTests {
  private struct Expected: Decodable {
    var inputs: [[Int32]]
    var targets: [[Int32]]
    var loss: Double
  }

  /// Grouped and shared keys, head sizes of their own, every activation, biases, both stretches of
  /// the angles, tied and untied heads, three ways to store a float, one file or shards.
  static let names = ["grouped", "shared-key", "biases", "gemma"]

  private func folder(_ name: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appending(path: "Fixtures/checkpoints/\(name)")
  }

  /// The folder's model on its tokens: loss, gradients, and where in them each block lies.
  private func evaluation(
    _ url: URL, _ level: KernelLevel, _ precision: ModelConfiguration.Precision = .fp32
  ) throws -> (result: Evaluation, layout: TensorLayout, expected: Expected) {
    let checkpoint = try ModelFolder(url.path)
    let expected = try JSONDecoder().decode(
      Expected.self, from: try Data(contentsOf: url.appending(path: "expected.json")))
    var model = checkpoint.model
    (model.batch, model.context) = (expected.inputs.count, expected.inputs[0].count)
    model.precision = precision
    let configuration = TransformerConfiguration(model, vocabulary: checkpoint.vocabulary)
    var parameters: [Float] = []
    try checkpoint.read(configuration.layout.blocks, into: &parameters)
    let result = Evaluation(
      Transformer(configuration, threads: 1, level: level), parameters: parameters,
      inputs: expected.inputs.flatMap(\.self), targets: expected.targets.flatMap(\.self),
      batch: model.batch, length: model.context)
    return (result, configuration.layout, expected)
  }

  @Test(arguments: names, KernelLevel.available)
  func lossAndGradientsEqualHuggingFaces(_ name: String, _ level: KernelLevel) throws {
    let url = try folder(name)
    let (result, layout, expected) = try evaluation(url, level)
    #expect(abs(result.loss - expected.loss) < 1e-6 * expected.loss)
    let gradients = try Safetensors.decode(
      Array(try Data(contentsOf: url.appending(path: "gradients.st"))), place: name)
    #expect(gradients.count == layout.entries.count)
    for gradient in gradients {
      let entry = try #require(layout.entry(gradient.name))
      let error = relativeError(result.gradients[entry.range], gradient.values)
      #expect(error < 2e-5, "\(gradient.name): \(error)")
    }
  }

  /// Sums in another order differ in their last bits; where such a sum lies between two bfloat16s it is
  /// rounded to the other one, and the whole gradient follows by a share of 2⁻⁸. So half of the
  /// checkpoints have to agree, and the others nearly.
  @Test(arguments: KernelLevel.available)
  func inBF16ItIsPlainLoopsOverRoundedOperands(_ level: KernelLevel) throws {
    var errors: [Double] = []
    for name in Self.names {
      let url = try folder(name)
      let found = try evaluation(url, level, .bf16).result
      let reference = try evaluation(url, .reference, .bf16).result
      errors.append(relativeError(found.gradients, reference.gradients))
      let distance = relativeError(
        found.gradients, try evaluation(url, level).result.gradients)
      #expect(distance > 1e-3 && distance < 0.03, "\(name): \(distance) from float32")
    }
    errors.sort()
    #expect(errors[1] < 1e-5 && errors[3] < 2e-3, "\(errors)")
  }

  /// Losses of `checkpoints.py autocast`, as its files carry them.
  static let autocastLosses = [("shared-key", 3.0226194858551025), ("gemma", 3.0533668994903564)]

  /// Autocast rounds what its products give as well, so that the two agree only as far as bf16 goes.
  @Test(arguments: autocastLosses, KernelLevel.available)
  func inBF16ItIsCloseToPyTorchsAutocast(
    _ fixture: (name: String, loss: Double), _ level: KernelLevel
  ) throws {
    let url = try folder(fixture.name)
    let (result, layout, _) = try evaluation(url, level, .bf16)
    #expect(abs(result.loss - fixture.loss) < 2e-3)
    let gradients = try Safetensors.decode(
      Array(try Data(contentsOf: url.appending(path: "autocast.st"))), place: fixture.name)
    #expect(gradients.count == layout.entries.count)
    var wanted = [Float](repeating: .nan, count: layout.count)
    for gradient in gradients {
      let entry = try #require(layout.entry(gradient.name))
      wanted.replaceSubrange(entry.range, with: gradient.values)
    }
    let error = relativeError(result.gradients, wanted)
    #expect(error < 2e-2, "\(error)")
  }

  /// What the description says is written again and means the same.
  @Test(arguments: names) func descriptionsComeBackTheSame(_ name: String) throws {
    let checkpoint = try ModelFolder(try folder(name).path)
    let again = try ModelDescription.decode(
      ModelDescription.encode(checkpoint.model, vocabulary: checkpoint.vocabulary), place: name)
    #expect(again.model == checkpoint.model && again.vocabulary == checkpoint.vocabulary)
  }

  private func copy(_ name: String, _ change: (URL) throws -> Void) throws -> String {
    let place = FileManager.default.temporaryDirectory.appending(path: "checkpoint-\(UUID())")
    try FileManager.default.copyItem(at: try folder(name), to: place)
    try change(place)
    return place.path
  }

  private func error(_ path: String) -> RunError? {
    #expect(throws: RunError.self) {
      let checkpoint = try ModelFolder(path)
      let layout = TransformerConfiguration(checkpoint.model, vocabulary: checkpoint.vocabulary)
        .layout
      var parameters: [Float] = []
      try checkpoint.read(layout.blocks, into: &parameters)
    }
  }

  @Test func filesThatDoNotBelongTogetherAreRefused() throws {
    let missing = try copy("biases") {
      try FileManager.default.removeItem(at: $0.appending(path: "model-00002-of-00002.safetensors"))
    }
    #expect(error(missing)?.message == "no such file")
    let twice = try copy("biases") {
      let first = $0.appending(path: "model-00001-of-00002.safetensors")
      let second = $0.appending(path: "model-00002-of-00002.safetensors")
      try FileManager.default.removeItem(at: second)
      try FileManager.default.copyItem(at: first, to: second)
    }
    #expect(error(twice)?.message.contains("another shard") == true)
    let outside = try copy("biases") {
      try Data(#"{"weight_map":{"a":"../x.safetensors"}}"#.utf8).write(
        to: $0.appending(path: "model.safetensors.index.json"))
    }
    #expect(error(outside)?.message.contains("names a shard") == true)
    let misfit = try copy("grouped") {
      let file = $0.appending(path: "config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("\"num_key_value_heads\": 2", with: "\"num_key_value_heads\": 4").write(
        to: file, atomically: true, encoding: .utf8)
    }
    #expect(error(misfit)?.message.contains("has shape") == true)
    let untied = try copy("grouped") {
      let file = $0.appending(path: "config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("embeddings\": false", with: "embeddings\": true").write(
        to: file, atomically: true, encoding: .utf8)
    }
    #expect(error(untied)?.message.contains("lm_head.weight") == true)
  }
}
