/// What the terminal driver reports for one read, before keys are made of it.
package enum RawInput: Hashable, Sendable {
  /// A character code as typed, control codes and escape included.
  case code(UInt32)
  case key(Key)
  case mouse(MouseEvent)
  /// What stood between the marks of a paste.
  case pasted(String)
}

/// Makes keys of raw input; pure, so that every sequence can be tested without a terminal.
package enum InputFolder {
  /// Translates one drain of the terminal; escape directly followed by a character in the same
  /// drain is Alt and that character, alone it is Escape.
  package static func fold(_ raw: [RawInput]) -> [InputEvent] {
    var events: [InputEvent] = []
    var index = 0
    while index < raw.count {
      if let (key, count) = spelled(raw[index...]) {
        events.append(.key(key))
        index += count
        continue
      }
      if case .code(27) = raw[index], index + 1 < raw.count, let key = alt(raw[index + 1]) {
        events.append(.key(key))
        index += 2
        continue
      }
      if let event = event(for: raw[index]) { events.append(event) }
      index += 1
    }
    return events
  }

  /// What terminals send for Home and End whatever their entry in terminfo says.
  private static let spellings: [(codes: [UInt32], key: Key)] =
    ["[H", "OH", "[1~", "[7~"].map { (codes($0), .home) }
    + ["[F", "OF", "[4~", "[8~"].map { (codes($0), .end) }

  private static func codes(_ text: String) -> [UInt32] {
    [27] + text.unicodeScalars.map(\.value)
  }

  /// The key that the input begins with a sequence for, and how much of it that takes.
  private static func spelled(_ raw: ArraySlice<RawInput>) -> (key: Key, count: Int)? {
    guard raw.first == .code(27) else { return nil }
    for spelling in spellings where raw.starts(with: spelling.codes.map(RawInput.code)) {
      return (spelling.key, spelling.codes.count)
    }
    return nil
  }

  private static func event(for raw: RawInput) -> InputEvent? {
    switch raw {
    case .code(let code): key(forCode: code).map(InputEvent.key)
    case .key(let key): .key(key)
    case .mouse(let mouse): .mouse(mouse)
    case .pasted(let text): text.isEmpty ? nil : .key(.pasted(text))
    }
  }

  private static func alt(_ next: RawInput) -> Key? {
    guard case .code(let code) = next, case .character(let character) = key(forCode: code)
    else { return nil }
    return .alt(character)
  }

  /// The key that sends a character code; nil for codes no key should mean.
  static func key(forCode code: UInt32) -> Key? {
    switch code {
    case 0: return .control("@")
    case 8, 127: return .backspace
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 1...26: return control(code + 0x60)
    case 28...31: return control(code + 0x40)
    default:
      guard let scalar = Unicode.Scalar(code), scalar.isPrintable else { return nil }
      return .character(Character(scalar))
    }
  }

  private static func control(_ code: UInt32) -> Key? {
    Unicode.Scalar(code).map { .control(Character($0)) }
  }
}
