/// A piece of text in one style.
package struct TextRun: Hashable, Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }

  package init(_ text: String, _ role: Role, _ attributes: TextAttributes = []) {
    self.init(text, Style(role, attributes))
  }
}

/// One line of text in several styles.
package struct TextLine: Hashable, Sendable, Widget {
  package var runs: [TextRun]

  package init(_ runs: [TextRun] = []) { self.runs = runs }

  package init(_ text: String, _ role: Role = .standard, _ attributes: TextAttributes = []) {
    runs = [TextRun(text, role, attributes)]
  }

  package var columns: Int { runs.reduce(0) { $0 + $1.text.columns } }
  package var text: String { runs.reduce("") { $0 + $1.text } }

  package mutating func append(
    _ text: String, _ role: Role = .standard, _ attributes: TextAttributes = []
  ) {
    runs.append(TextRun(text, role, attributes))
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    draw(on: &buffer, in: area, align: .left)
  }

  /// Draws on the first row of a rectangle.
  package func draw(on buffer: inout CellBuffer, in area: Rectangle, align: Alignment) {
    guard area.height > 0 else { return }
    let slack = max(0, area.width - columns)
    var x = area.x + (align == .right ? slack : align == .centre ? slack / 2 : 0)
    for run in runs {
      let background = run.style.background
      let style =
        background == .standard ? run.style.on(buffer[x, area.y].style.background) : run.style
      x = buffer.write(run.text, x: x, y: area.y, style: style, limit: area.right - x)
    }
  }
}

extension TextLine: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text) }
}
