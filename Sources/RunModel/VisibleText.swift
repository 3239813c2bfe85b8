/// `text` with everything a terminal could obey, hide or reorder written out as a visible escape.
///
/// C0, DEL and C1 become `\xNN` (`\n` and `\t` in words), bidirectional controls, line separators,
/// invisible tags and noncharacters `\u{NNNN}`. `keepingLines` lets `\n`, `\r\n` and `\t` stand, for
/// texts of several lines. Idempotent; O(bytes), and nothing is copied where nothing is escaped.
package func visible(_ text: String, keepingLines: Bool = false) -> String {
  let isHarmless = text.utf8.allSatisfy { byte in
    byte >= 0x20 && byte < 0x7f || keepingLines && (byte == 0x0a || byte == 0x09)
  }
  guard !isHarmless else { return text }
  var result = ""
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    let isLine =
      scalar == "\n" || scalar == "\t" || scalar == "\r" && rest.first == "\n"
    if keepingLines && isLine || !scalar.isDangerous {
      result.unicodeScalars.append(scalar)
    } else {
      result += scalar.visibleEscape
    }
  }
  return result
}

/// `bytes` as text like `visible(_:)`, bytes that are no UTF-8 as `\xNN`.
package func visible(bytes: some Collection<UInt8>, keepingLines: Bool = false) -> String {
  let bytes = Array(bytes)
  var (result, position) = ("", 0)
  var parser = UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  while true {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let encoded):
      result.unicodeScalars.append(UTF8.decode(encoded))
      position += encoded.count
    case .error(let length):
      for byte in bytes[position..<position + length] {
        result += "\\x" + hexadecimal(UInt32(byte), digits: 2)
      }
      position += length
    case .emptyInput:
      return visible(result, keepingLines: keepingLines)
    }
  }
}

/// `text` for a message: visible, in single quotes, and no longer than a person wants to read.
package func quoted(_ text: String, limit: Int = 60) -> String {
  let count = text.unicodeScalars.count
  guard count > limit else { return "'" + visible(text) + "'" }
  var head = ""
  head.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(limit))
  return "'" + visible(head) + "…' (\(count) characters)"
}

extension Unicode.Scalar {
  /// Whether writing the scalar to a terminal could do more than show a character.
  package var isDangerous: Bool {
    switch value {
    case 0..<0x20, 0x7f...0x9f: true
    case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    case 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f: true
    default: value & 0xfffe == 0xfffe
    }
  }

  fileprivate var visibleEscape: String {
    switch self {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default:
      value < 0x100
        ? "\\x" + hexadecimal(value, digits: 2) : "\\u{" + hexadecimal(value, digits: 4) + "}"
    }
  }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
