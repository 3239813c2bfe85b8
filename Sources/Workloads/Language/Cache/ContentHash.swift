/// A 64-bit fingerprint of bytes, for keys and checksums; not for secrets.
///
/// Eight bytes a step: `h ← mix((h ⊕ word) · prime)`. Each step is a bijection of h, so damage within one
/// word always shows.
package struct ContentHash: Sendable, Hashable {
  package let value: UInt64

  package init(_ bytes: UnsafeRawBufferPointer) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      hash = Self.mix(
        hash, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for byte in bytes[whole...] { rest = rest << 8 | UInt64(byte) }
    value = Self.mix(hash, rest)
  }

  package init<Values: Collection>(_ values: Values) where Values.Element: BitwiseCopyable {
    self =
      values.withContiguousStorageIfAvailable { ContentHash(UnsafeRawBufferPointer($0)) }
      ?? Array(values).withUnsafeBytes { ContentHash($0) }
  }

  /// Sixteen digits at most, as file names take them.
  package var text: String { String(value, radix: 16) }

  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 32
  }
}
