/// Size and hash of a text, by which it is known again; the text itself is never kept.
package enum TextPrint {
  /// The number of bytes and their FNV-1a hash of 64 bits: `1115394-8c2f…`.
  package static func of(_ bytes: some Sequence<UInt8>) -> String {
    var (count, hash): (Int, UInt64) = (0, 0xcbf2_9ce4_8422_2325)
    for byte in bytes {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      count += 1
    }
    return "\(count)-" + String(hash, radix: 16)
  }
}
