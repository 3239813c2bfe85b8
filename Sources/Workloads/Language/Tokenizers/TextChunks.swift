/// Cuts a text where merges must not reach across: words with the space before them, runs of digits,
/// of other signs, and of white space.
struct TextChunks: Sequence, IteratorProtocol {
  private enum Kind {
    case letter, digit, space, sign
  }

  /// Long runs are cut, so that no chunk makes encoding slow.
  private static let longest = 64

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let first = rest.first else { return nil }
    var end = rest.startIndex + 1
    var kind = Self.kind(first)
    if first == UInt8(ascii: " "), end < rest.endIndex, Self.kind(rest[end]) != .space {
      kind = Self.kind(rest[end])
      end += 1
    }
    let limit = Swift.min(rest.endIndex, rest.startIndex + Self.longest)
    while end < limit, Self.kind(rest[end]) == kind { end += 1 }
    defer { rest = rest[end...] }
    return rest[..<end]
  }

  /// Bytes beyond ASCII count as letters: they are mostly parts of letters in UTF-8.
  private static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case UInt8(ascii: " "), 9...13: .space
    default: .sign
    }
  }
}
