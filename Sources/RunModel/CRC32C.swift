/// The Castagnoli cyclic redundancy check (iSCSI, RFC 3720) and the mask TensorFlow puts on it.
///
/// Guards chunks of rows, owner files, and the records of TensorBoard.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in
      crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1
    }
  }

  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (crc >> 8) ^ table[Int(truncatingIfNeeded: (crc ^ UInt32(byte)) & 0xff)]
    }
  }

  /// `((crc ≫ 15) | (crc ≪ 17)) + 0xa282ead8`: a checksum safe to store beside the data it covers.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = checksum(bytes)
    return ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
  }
}
