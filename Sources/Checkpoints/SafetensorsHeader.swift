import RunModel

/// Which tensors a safetensors file holds and where, checked against the file's own size.
///
/// No byte of a header is believed: every offset, extent and product is checked before it is used, so
/// that an entry can be read without another look.
package struct SafetensorsHeader: Sendable {
  /// How an element is stored; every value of each is a float exactly.
  package enum ElementType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    package var bytes: Int { self == .float32 ? 4 : 2 }
  }

  package struct Entry: Sendable {
    package var name: String
    package var type: ElementType
    package var shape: [Int]
    /// Bytes of the file.
    package var range: Range<Int>

    package var count: Int { range.count / type.bytes }
  }

  /// In the order of their data.
  package let entries: [Entry]

  /// Headers larger than this are taken for damage, as the reference implementation does.
  private static let largestHeader = 100_000_000

  /// - Throws: `RunError` (.input) saying what is wrong.
  package init(_ bytes: UnsafeRawBufferPointer, place: String) throws(RunError) {
    guard bytes.count >= 8 else { throw Self.damaged(place, "is truncated: no header length") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.largestHeader) else {
      throw Self.damaged(place, "is not a safetensors file: a header of \(length) bytes")
    }
    let start = 8 + Int(length)
    guard bytes.count >= start else { throw Self.damaged(place, "is truncated inside its header") }
    guard let members = try JSONValue(bytes[8..<start], place: place).object else {
      throw Self.damaged(place, "has a header that is not a JSON object")
    }
    var entries: [Entry] = []
    for (name, value) in members where name != "__metadata__" {
      entries.append(try Self.entry(name, value, dataStart: start, place: place))
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    try Self.check(entries, dataStart: start, end: bytes.count, place: place)
    self.entries = entries
  }

  /// The tensors cover the data once, without gap or overlap.
  private static func check(
    _ entries: [Entry], dataStart: Int, end: Int, place: String
  ) throws(RunError) {
    var expected = dataStart
    for entry in entries {
      guard entry.range.lowerBound == expected else {
        throw damaged(place, "has a gap or overlap before tensor '\(entry.name)'")
      }
      expected = entry.range.upperBound
    }
    guard end == expected else {
      throw damaged(
        place,
        "has \(end - dataStart) bytes of data where its header wants "
          + "\(expected - dataStart)")
    }
  }

  private static func entry(
    _ name: String, _ value: JSONValue, dataStart: Int, place: String
  ) throws(RunError) -> Entry {
    let fields = value.object ?? JSONObject()
    let shape = fields["shape"]?.array.flatMap(extents)
    let offsets = fields["data_offsets"]?.array.flatMap(extents)
    guard let type = fields["dtype"]?.text, let shape, let offsets, offsets.count == 2 else {
      throw damaged(place, "has no usable entry for tensor '\(name)'")
    }
    guard let type = ElementType(rawValue: type) else {
      throw CheckpointError.bad(
        place, "stores tensor '\(name)' as \(type)", "convert it to F32, F16 or BF16")
    }
    let limit = Int.max - dataStart
    guard offsets[1] >= offsets[0], offsets[1] <= limit,
      size(of: shape, type) == offsets[1] - offsets[0]
    else { throw damaged(place, "gives tensor '\(name)' \(shape) the wrong number of bytes") }
    return Entry(
      name: name, type: type, shape: shape,
      range: dataStart + offsets[0]..<dataStart + offsets[1])
  }

  /// Whole numbers from 0 on; nil when one is something else.
  private static func extents(_ values: [JSONValue]) -> [Int]? {
    let numbers = values.compactMap(\.integer)
    return numbers.count == values.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
  }

  /// Bytes of a tensor; nil when no integer holds them.
  private static func size(of shape: [Int], _ type: ElementType) -> Int? {
    if shape.contains(0) { return 0 }
    var size = type.bytes
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      size = product
    }
    return size
  }

  private static func damaged(_ place: String, _ what: String) -> RunError {
    CheckpointError.bad(place, what, "use a checkpoint that was written completely")
  }
}

extension SafetensorsHeader.Entry {
  /// Writes the tensor's elements, as floats, to `target`, which holds `count` of them.
  package func read(from bytes: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<Float>) {
    switch type {
    case .float32:
      for index in 0..<count {
        let bits = bytes.loadUnaligned(
          fromByteOffset: range.lowerBound + 4 * index, as: UInt32.self)
        target[index] = Float(bitPattern: UInt32(littleEndian: bits))
      }
    case .float16:
      for index in 0..<count { target[index] = Float(Float16(bitPattern: half(bytes, index))) }
    case .bfloat16:
      for index in 0..<count {
        target[index] = Float(bitPattern: UInt32(half(bytes, index)) << 16)
      }
    }
  }

  private func half(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
    UInt16(
      littleEndian: bytes.loadUnaligned(
        fromByteOffset: range.lowerBound + 2 * index, as: UInt16.self))
  }

  func snapshot(in bytes: UnsafeRawBufferPointer) -> TensorSnapshot {
    TensorSnapshot(
      name: name, shape: shape,
      values: [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress { read(from: bytes, into: base) }
        initialized = count
      })
  }
}
