/// The Castagnoli cyclic redundancy check (iSCSI, RFC 3720) and the mask TensorFlow puts on it.
///
/// Guards chunks of rows, owner files, and the records of TensorBoard.
package enum CRC32C {
  /// At `256 k + b` what byte `b` does to the remainder when `k` bytes follow it; eight bytes are
  /// entered at a time.
  private static let table: [UInt32] = {
    var table: [UInt32] = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { crc, _ in
        crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1
      }
    }
    for place in 0..<7 * 256 {
      let crc = table[place]
      table.append((crc >> 8) ^ table[Int(crc & 0xff)])
    }
    return table
  }()

  /// Of any bytes; O(bytes).
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.withContiguousStorageIfAvailable { checksum($0.span) } ?? checksum(Array(bytes).span)
  }

  private static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    let table = table.span
    var crc = UInt32.max
    var place = 0
    while bytes.count - place >= 8 {
      var low = crc
      for k in 0..<4 { low ^= UInt32(bytes[place + k]) << UInt32(8 * k) }
      crc = 0
      for k in 0..<4 {
        crc ^= table[256 * (7 - k) + Int(low >> UInt32(8 * k) & 0xff)]
        crc ^= table[256 * (3 - k) + Int(bytes[place + 4 + k])]
      }
      place += 8
    }
    while place < bytes.count {
      crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[place])) & 0xff)]
      place += 1
    }
    return ~crc
  }

  /// `((crc ≫ 15) | (crc ≪ 17)) + 0xa282ead8`: a checksum safe to store beside the data it covers.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = checksum(bytes)
    return ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
  }
}
