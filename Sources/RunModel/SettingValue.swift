/// One value of a named setting, as written in an arm, a preset or on the command line.
package enum SettingValue: Sendable, Codable, Hashable {
  case number(Double)
  case flag(Bool)
  case text(String)

  package var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  package var flag: Bool? {
    if case .flag(let value) = self { value } else { nil }
  }

  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }
}

extension SettingValue: CustomStringConvertible {
  /// The value as the arm grammar writes it: shortest decimal that reads back the same.
  package var description: String {
    switch self {
    case .number(let value): compactDecimal(value)
    case .flag(let value): value ? "true" : "false"
    case .text(let value): value
    }
  }
}

/// A number as people write it: digits, point, sign, exponent; no hexadecimal, no words.
package func decimalNumber(_ text: some StringProtocol) -> Double? {
  let isDecimal = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
  return isDecimal ? Double(text) : nil
}

/// The shortest decimal text of `value` without a trailing `.0`: `0.5`, `1e-08`→`1e-8`, `3`.
package func compactDecimal(_ value: Double) -> String {
  var text = "\(value)"
  if text.hasSuffix(".0") { text.removeLast(2) }
  guard let exponent = text.utf8.firstIndex(of: UInt8(ascii: "e")) else { return text }
  // 1e-05 is written 1e-5, and 1e+16 1e16.
  var digits = text[text.index(after: exponent)...]
  let sign = digits.hasPrefix("-") ? "-" : ""
  digits = digits.drop { $0 == "-" || $0 == "+" }
  return text[...exponent] + sign + digits.drop { $0 == "0" }
}
