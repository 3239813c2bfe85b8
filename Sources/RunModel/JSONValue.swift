/// A JSON text as it stands: whole numbers apart from fractions, no key twice, nothing guessed.
///
/// For files that others made. Numbers that are written whole and fit are `integer`; every other
/// number is `number`; `NaN` and `Infinity`, which Python writes, are none.
package enum JSONValue: Sendable, Hashable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object(JSONObject)

  /// - Throws: `RunError(.input)` saying what is wrong at which byte.
  package init(_ bytes: some Collection<UInt8>, place: String) throws(RunError) {
    var reader = JSONReader(Array(bytes), place: place)
    self = try reader.document()
  }

  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  package var text: String? { if case .text(let value) = self { value } else { nil } }
  package var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }
  /// Any number, whole or not.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .flag, .text, .array, .object: nil
    }
  }

  package var isNull: Bool { self == .null }
}

/// Members of a JSON object in their order, each key once.
///
/// Keys are told apart by their scalars and not, as Swift's texts are, by canonical equivalence: a
/// vocabulary may hold both U+00C5 and U+212B.
package struct JSONObject: Sendable, Hashable, Sequence {
  private var members: [(key: String, value: JSONValue)] = []
  private var places: [ExactText: Int] = [:]

  package init() {}

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  package var keys: [String] { members.map(\.key) }

  package subscript(key: String) -> JSONValue? {
    places[ExactText(key)].map { members[$0].value }
  }

  /// Adds a member; false when the key is there already.
  package mutating func add(_ key: String, _ value: JSONValue) -> Bool {
    guard places.updateValue(members.count, forKey: ExactText(key)) == nil else { return false }
    members.append((key, value))
    return true
  }

  package func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    members.makeIterator()
  }

  /// Equal members, in whatever order.
  package static func == (one: JSONObject, other: JSONObject) -> Bool {
    one.count == other.count && one.members.allSatisfy { other[$0.key] == $0.value }
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

/// A text that equals only the same scalars.
package struct ExactText: Sendable, Hashable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (one: ExactText, other: ExactText) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

/// Recursive descent over bytes; depth is bounded, so that no text can exhaust the stack.
private struct JSONReader {
  private static let deepest = 64

  private let bytes: [UInt8]
  private let place: String
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8], place: String) {
    (self.bytes, self.place) = (bytes, place)
  }

  mutating func document() throws(RunError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("has text after its end") }
    return value
  }

  private mutating func value() throws(RunError) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { (reader) throws(RunError) in try reader.object() }
    case UInt8(ascii: "["): return try nested { (reader) throws(RunError) in try reader.array() }
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(RunError) -> JSONValue
  ) throws(RunError) -> JSONValue {
    depth += 1
    guard depth <= Self.deepest else { throw error("is nested deeper than \(Self.deepest)") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(RunError) -> JSONValue {
    var members = JSONObject()
    if ends(with: UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      try expect(UInt8(ascii: ":"))
      guard members.add(key, try value()) else {
        throw error("names '\(key)' twice")
      }
    } while try goesOn(until: UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func array() throws(RunError) -> JSONValue {
    var elements: [JSONValue] = []
    if ends(with: UInt8(ascii: "]")) { return .array(elements) }
    repeat { elements.append(try value()) } while try goesOn(until: UInt8(ascii: "]"))
    return .array(elements)
  }

  /// A string's bytes up to its quote, with escapes resolved.
  private mutating func string() throws(RunError) -> String {
    guard current == UInt8(ascii: "\"") else { throw error("wants a quoted text") }
    position += 1
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("has a control character in a text") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard current != nil else { throw error("ends inside a text") }
    position += 1
    guard let string = String(validating: text, as: UTF8.self) else {
      throw error("has a text that is not UTF-8")
    }
    return string
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  private mutating func escape(into text: inout [UInt8]) throws(RunError) {
    guard let byte = current else { throw error("ends inside a text") }
    position += 1
    if let plain = Self.escapes[byte] { return text.append(plain) }
    guard byte == UInt8(ascii: "u") else { throw error("has an unknown escape") }
    var code = try hexadecimal()
    if 0xD800..<0xDC00 ~= code {
      guard current == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw error("has half a surrogate pair") }
      position += 2
      let low = try hexadecimal()
      guard 0xDC00..<0xE000 ~= low else { throw error("has half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("has half a surrogate pair") }
    text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
  }

  private mutating func hexadecimal() throws(RunError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("has an escape without four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  /// JSON's own form of a number: no plus sign, no leading zero, a digit on both sides of the point.
  private mutating func number() throws(RunError) -> JSONValue {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      position = start
      throw error(current == nil ? "ends too early" : "wants a value")
    }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      guard digits() > 0 else { throw error("has a number without digits after its point") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      isWhole = false
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw error("has a number without an exponent") }
    }
    let written = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int(written) { return .integer(integer) }
    guard let number = Double(written) else { throw error("has an unreadable number") }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = current, 0x30...0x39 ~= byte { position += 1 }
    return position - start
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(RunError) -> JSONValue {
    let end = position + text.utf8.count
    guard end <= bytes.count, bytes[position..<end].elementsEqual(text.utf8) else {
      throw error("wants a value")
    }
    position = end
    return value
  }
}

extension JSONReader {
  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(RunError) {
    skipSpace()
    guard current == byte else {
      throw error("wants '\(Character(Unicode.Scalar(byte)))'")
    }
    position += 1
  }

  /// Takes the end of an empty list.
  private mutating func ends(with byte: UInt8) -> Bool {
    skipSpace()
    guard current == byte else { return false }
    position += 1
    return true
  }

  /// After an element: true on a comma, false on the end.
  private mutating func goesOn(until end: UInt8) throws(RunError) -> Bool {
    skipSpace()
    guard let byte = current else { throw error("ends too early") }
    position += 1
    if byte == UInt8(ascii: ",") { return true }
    guard byte == end else {
      position -= 1
      throw error("wants ',' or '\(Character(Unicode.Scalar(end)))'")
    }
    return false
  }

  private func error(_ what: String) -> RunError {
    RunError(
      .input, "is not JSON: it \(what), at byte \(position)", place: place,
      remedy: "use a file that was written completely")
  }
}
