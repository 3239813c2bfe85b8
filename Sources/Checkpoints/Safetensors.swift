import RunModel

/// The safetensors format: an 8-byte length, a JSON header, then the tensors, all little-endian.
///
/// Tensors are written in the given order without gaps, as 32-bit floats, the data 8-byte aligned.
package enum Safetensors {
  /// Headers larger than this are taken for damage, as the reference implementation does.
  private static let largestHeader = 100_000_000

  package static func encode(
    _ tensors: [TensorSnapshot], metadata: [String: String] = ["format": "pt"]
  ) -> [UInt8] {
    let header = paddedHeader(tensors, metadata: metadata)
    let dataBytes = tensors.reduce(0) { $0 + $1.values.count * 4 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + dataBytes)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for tensor in tensors { append(tensor.values, to: &bytes) }
    return bytes
  }

  private static func append(_ values: [Float], to bytes: inout [UInt8]) {
    #if _endian(little)
      values.withUnsafeBytes { bytes += $0 }
    #else
      for value in values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
      }
    #endif
  }

  private static func paddedHeader(
    _ tensors: [TensorSnapshot], metadata: [String: String]
  ) -> [UInt8] {
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
    var members = ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
    var start = 0
    for tensor in tensors {
      let end = start + tensor.values.count * 4
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var header = Array(("{" + members.joined(separator: ",") + "}").utf8)
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    return header
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.value < 0x20:
        "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
          + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }

  /// Reads tensors in the order of their data; throws `RunError` (.input) saying what is wrong.
  ///
  /// - Parameter place: the file's name, for messages.
  package static func decode(_ bytes: [UInt8], place: String) throws(RunError) -> [TensorSnapshot] {
    let result = bytes.withUnsafeBytes { buffer -> Result<[TensorSnapshot], RunError> in
      Result { () throws(RunError) in
        try SafetensorsHeader(buffer, place: place).entries.map { $0.snapshot(in: buffer) }
      }
    }
    return try result.get()
  }
}
