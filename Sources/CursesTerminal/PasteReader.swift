import CNCurses

/// Collects what stands between the marks of a paste, byte by byte past ncurses, which would take
/// ten system calls a byte.
@MainActor
struct PasteReader {
  private var bytes: [UInt8] = []
  private var searched = 0
  /// Monotonic nanoseconds after which a paste without an end has ended.
  private(set) var deadline: Int64

  private static let end = Array("\u{1b}[201~".utf8)
  private static let patience: Int64 = 1_000_000_000
  /// More than any text field has a use for; what goes beyond is read and dropped.
  private static let most = 1 << 20

  init() { deadline = monotonicNanoseconds() + Self.patience }

  /// Reads what is there; the text once the paste has ended.
  mutating func read(from input: Int32) -> String? {
    var chunk = [CChar](repeating: 0, count: 4096)
    // Not for ever: signals and frames want their turn while somebody pastes without end.
    for _ in 0..<64 {
      let count = Int(mgs_read_bytes(input, &chunk, Int32(chunk.count)))
      guard count > 0 else { return monotonicNanoseconds() > deadline ? finish() : nil }
      deadline = monotonicNanoseconds() + Self.patience
      bytes += chunk[..<count].map { UInt8(bitPattern: $0) }
      if let place = endMark() {
        unread(bytes[(place + Self.end.count)...])
        bytes.removeSubrange(place...)
        return finish()
      }
      if bytes.count > Self.most + Self.end.count { dropExcess() }
    }
    return nil
  }

  private func finish() -> String { String(decoding: bytes.prefix(Self.most), as: UTF8.self) }

  /// Where the mark of the end begins, looking only where it was not looked before.
  private mutating func endMark() -> Int? {
    var place = searched
    while place + Self.end.count <= bytes.count {
      if bytes[place] == Self.end[0], bytes[place..<place + Self.end.count].elementsEqual(Self.end)
      {
        return place
      }
      place += 1
    }
    searched = place
    return nil
  }

  private mutating func dropExcess() {
    let tail = bytes.suffix(Self.end.count)
    bytes.removeSubrange(Self.most...)
    bytes += tail
    searched = Self.most
  }

  private func unread(_ rest: ArraySlice<UInt8>) {
    let back = rest.prefix(100).map { CChar(bitPattern: $0) }
    mgs_unread(back, Int32(back.count))
  }
}
