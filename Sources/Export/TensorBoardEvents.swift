import RunModel

/// The bytes of a TensorBoard event file, built up record by record.
///
/// A record is its length (u64), the masked CRC of those eight bytes (u32), the data and the masked
/// CRC of the data, all little-endian. The data are `Event` messages of TensorFlow's event.proto;
/// of that only wall time, step, file version and scalar summaries are needed, so the four wire
/// forms they use are written here.
package struct TensorBoardEvents: Sendable, Equatable {
  package private(set) var bytes: [UInt8] = []

  /// Starts a file; `wallTime` in seconds since 1970.
  package init(wallTime: Double) {
    var event = ProtobufMessage()
    event.add(1, wallTime)
    event.add(3, "brain.Event:2")
    append(event)
  }

  /// The name TensorBoard looks for, `startSeconds` since 1970.
  package static func fileName(startSeconds: Int, host: String) -> String {
    "events.out.tfevents.\(startSeconds).\(host.isEmpty ? "localhost" : host)"
  }

  /// Adds scalars of one step; one event holds them all.
  package mutating func add(
    step: Int, wallTime: Double, scalars: [(tag: String, value: Double)]
  ) {
    guard !scalars.isEmpty else { return }
    var summary = ProtobufMessage()
    for scalar in scalars {
      var value = ProtobufMessage()
      value.add(1, scalar.tag)
      value.add(2, Float(scalar.value))
      summary.add(1, value)
    }
    var event = ProtobufMessage()
    event.add(1, wallTime)
    event.add(2, Int64(step))
    event.add(5, summary)
    append(event)
  }

  private mutating func append(_ event: ProtobufMessage) {
    let length = Self.littleEndian(UInt64(event.bytes.count))
    bytes += length + Self.littleEndian(CRC32C.masked(length))
    bytes += event.bytes + Self.littleEndian(CRC32C.masked(event.bytes))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}

/// The fields of one protocol buffer message, encoded as they are added.
struct ProtobufMessage: Sendable, Equatable {
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    addKey(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    addKey(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func add(_ field: UInt64, _ value: Int64) {
    addKey(field, .varint)
    addVarint(UInt64(bitPattern: value))
  }

  mutating func add(_ field: UInt64, _ value: String) { add(field, bytes: Array(value.utf8)) }

  mutating func add(_ field: UInt64, _ value: ProtobufMessage) { add(field, bytes: value.bytes) }

  private mutating func add(_ field: UInt64, bytes content: [UInt8]) {
    addKey(field, .delimited)
    addVarint(UInt64(content.count))
    bytes += content
  }

  private mutating func addKey(_ field: UInt64, _ type: WireType) {
    addVarint(field << 3 | type.rawValue)
  }

  /// Seven bits a byte, lowest first, the top bit saying that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
