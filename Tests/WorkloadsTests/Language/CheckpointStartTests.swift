import Foundation
import RunModel
import Testing
import Workloads

/// Runs that start from a checkpoint of others.
@Suite struct CheckpointStartTests {
  private func place(tokenizer: String?, vocabulary: Int? = nil) throws -> String {
    let fixtures = try #require(Bundle.module.resourceURL).appending(path: "Fixtures")
    let place = FileManager.default.temporaryDirectory.appending(path: "start-\(UUID())")
    try FileManager.default.copyItem(at: fixtures.appending(path: "checkpoints/grouped"), to: place)
    if let tokenizer {
      try FileManager.default.copyItem(
        at: fixtures.appending(path: "tokenizers/\(tokenizer).json"),
        to: place.appending(path: "tokenizer.json"))
    }
    return place.path
  }

  private func configuration(_ directory: String) throws -> RunConfiguration {
    var model = ModelConfiguration(size: .nano)
    (model.layers, model.width, model.heads, model.keyValueHeads, model.headSize) = (2, 12, 4, 2, 4)
    (model.ffn, model.context, model.batch) = (16, 16, 2)
    (model.normEpsilon, model.ropeTheta) = (1e-3, 5e5)
    var configuration = RunConfiguration(title: "", model: model, arms: [])
    configuration.from = directory
    return configuration
  }

  @Test func aCheckpointWithoutWordsForItsTokensIsRefused() throws {
    let configuration = try configuration(try place(tokenizer: nil))
    let error = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration)
    }
    #expect(error?.message.contains("no tokenizer.json") == true)
  }

  @Test func aTokenizerWithMoreTokensThanTheModelIsRefused() throws {
    let configuration = try configuration(try place(tokenizer: "byte-level"))
    let error = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration)
    }
    #expect(error?.message.contains("the model has 19 tokens") == true)
  }

  @Test func aModelOfAnotherShapeIsRefused() throws {
    var configuration = try configuration(try place(tokenizer: nil))
    configuration.model.ffn = 20
    let error = #expect(throws: RunError.self) {
      _ = try WorkloadRegistry.source(for: configuration)
    }
    #expect(error?.category == .input)
  }
}
