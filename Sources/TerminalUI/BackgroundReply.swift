/// Takes the terminal's answer to `OSC 11 ; ?`, its background colour, out of what is typed.
///
/// The answer comes between keys, in one piece or byte by byte, late or not at all, and must never be
/// taken for keys. What could be its beginning is held back for a moment; what turns out to be
/// something else is handed on as it came. Pure; times in nanoseconds of a monotonic clock.
package struct BackgroundReply: Sendable {
  /// The colour the terminal named; nil while it has not.
  package private(set) var color: TerminalColor?
  /// When what is held back will be handed on; nil when nothing is.
  package private(set) var deadline: Int64?

  /// Not answered yet; of a terminal that was not asked, nothing is taken for an answer.
  private var isAwaited = false
  /// Whether a lone escape may be the beginning: not when answers to later questions have come.
  private var isNear = false
  private var askedAt: Int64 = 0
  private var held: [UInt32] = []
  /// How many of `held` have been handed on already, and are not a second time.
  private var given = 0
  /// Whether the escape that is held came alone, and is no part of what comes after it.
  private var isEscapeApart = false
  /// An escape was handed on last that may have been the beginning.
  private var hasLostEscape = false

  private static let beginning = Array("\u{1b}]11;".unicodeScalars.map(\.value))
  private static let most = 64
  private static let (escape, bell): (UInt32, UInt32) = (27, 7)

  package init() {}

  /// The terminal has been asked.
  package mutating func asked(at now: Int64) {
    (isAwaited, isNear, askedAt) = (true, true, now)
  }

  /// The terminal has answered what it was asked afterwards: an answer is not to be expected soon.
  package mutating func overtaken() { isNear = false }

  /// What remains of the input for others.
  package mutating func take(_ input: [RawInput], at now: Int64) -> [RawInput] {
    guard isAwaited else { return input }
    var rest: [RawInput] = []
    if let deadline, now > deadline { rest += giveUp() }
    for raw in input { take(raw, &rest) }
    isEscapeApart = isEscapeApart || isLoneEscape
    if isLoneEscape, !isNear || now - askedAt > Self.nearness { rest += giveUp() }
    deadline = held.isEmpty ? nil : now + (isUnmistakable ? Self.longPatience : Self.patience)
    return rest
  }

  private static let nearness: Int64 = 10_000_000_000
  private static let patience: Int64 = 150_000_000
  private static let longPatience: Int64 = 2_000_000_000

  private var isLoneEscape: Bool { held == [Self.escape] }
  /// Nobody types this much of it.
  private var isUnmistakable: Bool { held.count >= Self.beginning.count }

  private mutating func take(_ raw: RawInput, _ rest: inout [RawInput]) {
    guard isAwaited, case .code(let code) = raw else {
      rest += release()
      rest.append(raw)
      hasLostEscape = false
      return
    }
    if held.isEmpty, hasLostEscape, code == Self.beginning[1] { (held, given) = ([Self.escape], 1) }
    hasLostEscape = false
    guard goesOn(with: code) else {
      rest += release()
      if code == Self.escape { held = [code] } else { rest.append(raw) }
      return
    }
    held.append(code)
    if isComplete { finish() }
  }

  private func goesOn(with code: UInt32) -> Bool {
    guard held.count >= Self.beginning.count else { return code == Self.beginning[held.count] }
    guard held.count < Self.most else { return false }
    // Whatever its words: an answer ends with BEL, or with escape and a backslash.
    if held.last == Self.escape { return code == UInt32(UInt8(ascii: "\\")) }
    return code == Self.bell || code == Self.escape || 0x20..<0x7f ~= code
  }

  private var isComplete: Bool {
    guard isUnmistakable, let last = held.last else { return false }
    return last == Self.bell || last == UInt32(UInt8(ascii: "\\")) && held.dropLast().last == 27
  }

  private mutating func finish() {
    let text = String(
      String.UnicodeScalarView(
        held.dropFirst(Self.beginning.count).prefix { $0 >= 0x20 }.compactMap(Unicode.Scalar.init)))
    color = TerminalColor(text)
    (held, given, isEscapeApart) = ([], 0, false)
    isAwaited = false
  }

  /// Waits no longer; should the rest come after all, it will be known.
  private mutating func giveUp() -> [RawInput] {
    let isEscape = isLoneEscape
    defer { hasLostEscape = isEscape }
    return release()
  }

  /// Hands on what was held back; of an answer that never ended, nothing.
  private mutating func release() -> [RawInput] {
    defer { (held, given, isEscapeApart) = ([], 0, false) }
    guard !isUnmistakable else { return [] }
    return held.dropFirst(given).map {
      $0 == Self.escape && isEscapeApart ? .key(.escape) : .code($0)
    }
  }
}

/// A colour as terminals write it: `rgb:RRRR/GGGG/BBBB`, one to four hexadecimal digits a part.
package struct TerminalColor: Hashable, Sendable {
  /// From 0 to 1.
  package let red, green, blue: Double

  /// Reads `rgb:1e1e/1e1e/2e2e` or `rgba:` with a fourth part that is ignored; nil for others.
  package init?(_ text: String) {
    let halves = text.split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0] == "rgb" || halves[0] == "rgba" else { return nil }
    let parts = halves[1].split(separator: "/", omittingEmptySubsequences: false)
      .compactMap(Self.share)
    guard parts.count == halves[0].count else { return nil }
    (red, green, blue) = (parts[0], parts[1], parts[2])
  }

  private static func share(_ digits: Substring) -> Double? {
    guard 1...4 ~= digits.count, digits.allSatisfy(\.isHexDigit), let value = Int(digits, radix: 16)
    else { return nil }
    return Double(value) / Double(1 << (4 * digits.count) - 1)
  }

  /// Luma after ITU-R BT.709 of the colour as the screen is given it: 0 black, 1 white.
  package var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

  /// Whether dark letters are read more easily on it.
  package var isLight: Bool { luminance > 0.5 }
}
