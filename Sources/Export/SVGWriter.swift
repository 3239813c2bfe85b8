import Charts
import RunModel

/// Puts SVG elements together: escapes text, shortens coordinates.
struct SVGWriter {
  private(set) var lines: [String] = []

  mutating func open(_ tag: String, _ attributes: [(String, String)] = []) {
    lines.append("<\(tag)\(Self.joined(attributes))>")
  }

  mutating func close(_ tag: String) { lines.append("</\(tag)>") }

  mutating func element(_ tag: String, _ attributes: [(String, String)]) {
    lines.append("<\(tag)\(Self.joined(attributes))/>")
  }

  mutating func text(_ content: String, tag: String = "text", _ attributes: [(String, String)]) {
    lines.append("<\(tag)\(Self.joined(attributes))>\(Self.escaped(content))</\(tag)>")
  }

  /// A coordinate with one decimal at most.
  static func coordinate(_ value: Double) -> String {
    let text = NumberFormat.fixed(value, decimals: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func escaped(_ text: String) -> String {
    visible(text).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func joined(_ attributes: [(String, String)]) -> String {
    attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
  }
}
