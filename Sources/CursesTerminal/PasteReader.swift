import CNCurses

/// Collects what stands between the marks of a paste, byte by byte past ncurses, which would take
/// ten system calls a byte.
@MainActor
struct PasteReader {
  private var bytes: [UInt8] = []
  private var searched = 0
  /// Monotonic nanoseconds after which a paste without an end has ended.
  private(set) var deadline: Int64

  /// Reports of arrival that came in between; they are no part of the text.
  private(set) var acknowledgements = 0

  private static let end = Array("\u{1b}[201~".utf8)
  private static let acknowledgement = Array("\u{1b}[0n".utf8)
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
      let before = bytes.count
      bytes += chunk[..<count].map { UInt8(bitPattern: $0) }
      let place = endMark()
      // Reports alone do not keep a paste open.
      if bytes.count > before { deadline = monotonicNanoseconds() + Self.patience }
      if let place {
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
    while place < bytes.count {
      guard bytes[place] == Self.end[0] else {
        place += 1
        continue
      }
      if stands(Self.end, at: place) { return place }
      if stands(Self.acknowledgement, at: place) {
        bytes.removeSubrange(place..<place + Self.acknowledgement.count)
        acknowledgements += 1
      } else if place + Self.end.count > bytes.count {
        // The rest of a mark may be under way.
        break
      } else {
        place += 1
      }
    }
    searched = place
    return nil
  }

  private func stands(_ mark: [UInt8], at place: Int) -> Bool {
    place + mark.count <= bytes.count && bytes[place..<place + mark.count].elementsEqual(mark)
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
