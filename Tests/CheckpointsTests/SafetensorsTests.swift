import Checkpoints
import Foundation
import RunModel
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

  @Test func halfPrecisionIsReadExactly() throws {
    func file(_ type: String, _ bits: [UInt16]) -> [UInt8] {
      var header = Array(
        "{\"a\":{\"dtype\":\"\(type)\",\"shape\":[\(bits.count)],\"data_offsets\":[0,\(2 * bits.count)]}}"
          .utf8)
      while header.count % 8 != 0 { header.append(32) }
      return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header
        + bits.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    }
    let half = try Safetensors.decode(file("F16", [0x3C00, 0xC000, 0x0001, 0x7C00]), place: "x")
    #expect(half[0].values == [1, -2, 5.9604645e-8, .infinity])
    let brain = try Safetensors.decode(file("BF16", [0x3F80, 0xC000, 0x4049, 0x7F80]), place: "x")
    #expect(brain[0].values == [1, -2, 3.140625, .infinity])
  }

  @Test func filesOfTheReferenceImplementationInHalfPrecisionAreRead() throws {
    let tensors = try Safetensors.decode(try fixture("half.safetensors"), place: "x")
    #expect(!tensors.isEmpty && tensors.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
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
    #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    String(repeating: "[", count: 200),
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
