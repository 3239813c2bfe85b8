import Foundation
import RunModel
import RunStore
import Testing

@Suite struct SafetensorsTests {
  static let tensors = [
    TensorSnapshot(name: "model.embed_tokens.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
    TensorSnapshot(name: "scalar", shape: [], values: [.pi]),
    TensorSnapshot(name: "none", shape: [0, 4], values: []),
    TensorSnapshot(
      name: "odd \"one\"\u{1}\\", shape: [3],
      values: [.nan, -0.0, Float(bitPattern: 0x7f80_0001)]),
  ]

  @Test func tensorsComeBackToTheBit() throws {
    let bytes = Safetensors.encode(Self.tensors)
    let decoded = try Safetensors.decode(bytes, place: "x")
    #expect(decoded.sorted { $0.name < $1.name } == Self.tensors.sorted { $0.name < $1.name })
  }

  @Test func dataStartsAtAMultipleOfEight() {
    #expect(Safetensors.encode(Self.tensors)[0].isMultiple(of: 8))
  }

  private func fixture(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/" + name, withExtension: nil))
    return Array(try Data(contentsOf: url))
  }

  @Test func filesOfTheReferenceImplementationAreRead() throws {
    let tensors = try Safetensors.decode(try fixture("python.safetensors"), place: "x")
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    #expect(
      byName["model.embed_tokens.weight"]
        == TensorSnapshot(
          name: "model.embed_tokens.weight", shape: [2, 3],
          values: [0, 0.125, 0.25, 0.375, 0.5, 0.625]))
    #expect(
      byName["model.norm.weight"]?.values.map(\.bitPattern) == [
        0x3f80_0000, 0x8000_0000, 0x4060_0000,
      ])
    #expect(byName["quoted \"name\""]?.values == [.infinity, .leastNonzeroMagnitude])
  }

  @Test func anotherNumberFormatIsNamed() throws {
    let error = #expect(throws: RunError.self) {
      try Safetensors.decode(try fixture("half.safetensors"), place: "half.safetensors")
    }
    #expect(error?.description.contains("F16") == true && error?.exitCode == 4)
  }

  @Test func everyTruncationIsFound() {
    let bytes = Safetensors.encode(Self.tensors)
    for length in bytes.indices {
      #expect(throws: RunError.self) {
        try Safetensors.decode(Array(bytes[..<length]), place: "x")
      }
    }
    #expect(throws: RunError.self) { try Safetensors.decode(bytes + [0], place: "x") }
  }

  static let badHeaders = [
    #"[]"#, #"{"a":1}"#, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, "nonsense",
  ]

  @Test(arguments: badHeaders) func damagedHeadersAreRefused(_ header: String) {
    var bytes = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
    bytes += header.utf8
    bytes += [0, 0, 0, 0]
    let error = #expect(throws: RunError.self) { try Safetensors.decode(bytes, place: "file") }
    #expect(error?.place == "file" && error?.exitCode == 4)
  }

  @Test func anAbsurdHeaderLengthIsRefused() {
    #expect(throws: RunError.self) {
      try Safetensors.decode([UInt8](repeating: 255, count: 16), place: "x")
    }
  }
}

@Suite struct ModelDescriptionTests {
  @Test(arguments: ModelSize.allCases, ModelConfiguration.Architecture.allCases)
  func aModelComesBackFromItsDescription(
    _ size: ModelSize, _ architecture: ModelConfiguration.Architecture
  ) throws {
    var model = ModelConfiguration(size: size)
    model.architecture = architecture
    model.head = .tied
    if architecture == .gemma { (model.attentionCap, model.logitCap) = (50, 30) }
    let bytes = ModelDescription.encode(model, vocabulary: 256)
    let (decoded, vocabulary) = try ModelDescription.decode(bytes, place: "config.json")
    model.size = nil
    #expect(decoded == model && vocabulary == 256)
  }

  @Test func aMissingKeyIsNamed() {
    let error = #expect(throws: RunError.self) {
      try ModelDescription.decode(Array(#"{"model_type":"llama"}"#.utf8), place: "config.json")
    }
    #expect(error?.description.contains("num_hidden_layers") == true)
  }
}
