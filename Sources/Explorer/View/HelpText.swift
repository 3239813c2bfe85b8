import TerminalUI

/// The help overlay, written from the key table alone.
package enum HelpText {
  /// What `?` shows: the focused panel explained, then all keys.
  static func lines(_ state: ExplorerState, width: Int) -> [TextLine] {
    let spec = state.pane.spec
    let unit = spec.unit.isEmpty ? "" : " (\(spec.unit))"
    var lines = [TextLine("This panel: \(spec.title)\(unit)".shortened(to: width), .title)]
    for sentence in spec.explanation {
      for (index, line) in Wrapping.lines(sentence, width: width - 2).enumerated() {
        lines.append(TextLine((index == 0 ? "- " : "  ") + line, .text))
      }
    }
    return lines + [TextLine("")] + self.lines(state.options, width: width)
  }

  package static func lines(_ options: ExplorerOptions, width: Int = 76) -> [TextLine] {
    let bindings = KeyTable.offered(options)
    let column = (bindings.map(\.shown.columns).max() ?? 0) + 2
    var lines: [TextLine] = []
    for group in KeyGroup.allCases {
      let rows = bindings.filter { $0.group == group }
      guard !rows.isEmpty else { continue }
      if !lines.isEmpty { lines.append(TextLine("")) }
      lines.append(TextLine(group.rawValue, .title))
      for row in rows { lines += entry(row.shown, row.help, column: column, width: width) }
    }
    lines += [TextLine(""), TextLine("In lists and forms", .title)]
    for (keys, help) in lists { lines += entry(keys, help, column: column, width: width) }
    lines += [TextLine(""), TextLine("Command line", .title)]
    for word in CommandLanguage.words(options) {
      lines += entry(
        ":\(word.name) \(word.argument)", word.help, column: max(column, 16), width: width)
    }
    return lines
  }

  /// Keys that mean something else where a list or a form is open.
  package static let lists = [
    ("Up Down", "move; Enter takes, Esc leaves"),
    ("Tab", "form: next field, S-Tab the one before"),
    ("h l + -", "form: Left, Right, + and - change a choice; other fields are typed in"),
    ("n", "preset list: open the selected one in the form"),
  ]

  /// Keys and their meaning, continued under the meaning where the line is too long.
  private static func entry(
    _ keys: String, _ help: String, column: Int, width: Int
  ) -> [TextLine] {
    Wrapping.lines(help, width: max(12, width - column)).enumerated().map { index, text in
      TextLine([
        TextRun((index == 0 ? keys : "").padded(to: column), .key), TextRun(text, .text),
      ])
    }
  }
}
