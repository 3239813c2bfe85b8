/// Text in the macros of man(7), with everything that roff would obey made harmless.
struct ManualText {
  private(set) var text =
    ".\\\" Written by the program (scripts/manual); changes here would be lost.\n"

  mutating func title(_ name: String, section: Int, source: String) {
    add(
      ".TH \(quoted(name.uppercased())) \(section) \"\" \(quoted(source)) \(quoted("User commands"))"
    )
    // Ragged and without hyphens: options and paths stay as they are typed.
    add(".ad l\n.nh")
  }

  mutating func section(_ title: String) { add(".SH \(quoted(title.uppercased()))") }
  mutating func subsection(_ title: String) { add(".SS \(quoted(title))") }
  mutating func line(_ words: String) { add(escaped(words)) }

  mutating func paragraph(_ words: String) {
    guard !words.isEmpty else { return }
    add(".PP\n" + filled(words))
  }

  /// `magmascope runs show directory [option ...]`
  mutating func synopsis(_ command: [String], _ rest: String) {
    add(".PP\n\\fB\(inline(command.joined(separator: " ")))\\fR \\fI\(inline(rest))\\fR")
  }

  /// A term with its names, its value and what it means.
  mutating func entry(_ names: [String], _ value: String?, _ help: String) {
    let bold = names.map { "\\fB\(inline($0))\\fR" }.joined(separator: ", ")
    let term = [bold, value.map { "\\fI\(inline($0))\\fR" } ?? ""].filter { !$0.isEmpty }
    add(".TP\n" + protected(term.joined(separator: " ")) + "\n" + filled(help.isEmpty ? "-" : help))
  }

  mutating func example(_ line: String, _ help: String) {
    add(".PP\n" + filled(help) + "\n.PP\n.nf\n.RS\n" + escaped(line) + "\n.RE\n.fi")
  }

  private mutating func add(_ lines: String) { text += lines + "\n" }

  /// One line a sentence would be usual; here every paragraph of the source is one line.
  private func filled(_ words: String) -> String {
    words.split(separator: "\n").map { escaped(String($0)) }.joined(separator: "\n.br\n")
  }

  private func escaped(_ words: String) -> String { protected(inline(words)) }

  /// A dot or quote that begins a line would be an order.
  private func protected(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }

  private func quoted(_ words: String) -> String {
    "\"" + inline(words).replacing("\"", with: "\\(dq") + "\""
  }

  private func inline(_ words: String) -> String {
    words.unicodeScalars.map(Self.spelling).joined()
  }

  private static func spelling(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\\": return "\\e"
    case "-": return "\\-"
    case "^": return "\\(ha"
    case "~": return "\\(ti"
    case "`": return "\\(ga"
    case "'": return "\\(aq"
    default:
      guard !scalar.isASCII else { return String(scalar) }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
    }
  }
}
