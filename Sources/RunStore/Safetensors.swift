import Foundation
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
    guard bytes.count >= 8 else { throw damaged(place, "is truncated: no header length") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard length <= UInt64(largestHeader) else {
      throw damaged(place, "is not a safetensors file: a header of \(length) bytes")
    }
    let dataStart = 8 + Int(length)
    guard bytes.count >= dataStart else { throw damaged(place, "is truncated inside its header") }
    let entries = try header(Array(bytes[8..<dataStart]), place: place)
    var expected = 0
    for entry in entries {
      guard entry.start == expected else {
        throw damaged(place, "has a gap or overlap before tensor '\(entry.name)'")
      }
      expected = entry.end
    }
    guard bytes.count - dataStart == expected else {
      throw damaged(
        place, "has \(bytes.count - dataStart) bytes of data where its header wants \(expected)")
    }
    return entries.map { entry in
      TensorSnapshot(
        name: entry.name, shape: entry.shape,
        values: floats(bytes[dataStart + entry.start..<dataStart + entry.end]))
    }
  }

  private struct Entry {
    var name: String
    var shape: [Int]
    var start: Int
    var end: Int
  }

  private static func header(_ bytes: [UInt8], place: String) throws(RunError) -> [Entry] {
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)),
      let members = object as? [String: Any]
    else { throw damaged(place, "has a header that is not a JSON object") }
    var entries: [Entry] = []
    for (name, value) in members where name != "__metadata__" {
      entries.append(try entry(name, value, place: place))
    }
    return entries.sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
  }

  private static func entry(_ name: String, _ value: Any, place: String) throws(RunError) -> Entry {
    guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
      let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
      offsets.count == 2
    else { throw damaged(place, "has no usable entry for tensor '\(name)'") }
    guard type == "F32" else {
      throw FileError.bad(
        place, "stores tensor '\(name)' as \(type)", "convert it to F32 (32-bit floats)")
    }
    let elements = shape.reduce((product: 1, isValid: true)) { result, extent in
      let (product, overflow) = result.product.multipliedReportingOverflow(by: extent)
      return (product, result.isValid && !overflow && extent >= 0)
    }
    guard elements.isValid, offsets[0] >= 0, offsets[1] >= offsets[0],
      (offsets[1] - offsets[0]).isMultiple(of: 4), (offsets[1] - offsets[0]) / 4 == elements.product
    else { throw damaged(place, "gives tensor '\(name)' \(shape) the wrong number of bytes") }
    return Entry(name: name, shape: shape, start: offsets[0], end: offsets[1])
  }

  private static func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
    bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map { index in
        let bits = buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }

  private static func damaged(_ place: String, _ what: String) -> RunError {
    FileError.bad(place, what, "use a checkpoint that was written completely")
  }
}
