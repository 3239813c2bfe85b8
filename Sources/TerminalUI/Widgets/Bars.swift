/// Horizontal bars with labels, each with an optional mark where its value was expected.
package struct HistogramRows: Widget {
  package struct Row: Hashable, Sendable {
    package var label: String
    package var value: Double
    /// Drawn as an upright mark on the scale of the values.
    package var expected: Double?
    package var role: Role

    package init(_ label: String, value: Double, expected: Double? = nil, role: Role = .accent) {
      self.label = label
      self.value = value
      self.expected = expected
      self.role = role
    }
  }

  package var rows: [Row]
  /// The value of a full bar; nil: the largest value or expectation.
  package var maximum: Double?

  package init(_ rows: [Row], maximum: Double? = nil) {
    self.rows = rows
    self.maximum = maximum
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let labels = rows.map { $0.label.columns }.max() ?? 0
    let (labelArea, barArea) = area.cutLeft(labels > 0 ? labels + 1 : 0)
    let scale =
      maximum ?? rows.map { max($0.value, $0.expected ?? 0) }.filter(\.isFinite).max() ?? 0
    for (line, row) in rows.prefix(area.height).enumerated() {
      let place = labelArea.row(line)
      let label = Rectangle(x: place.x, y: place.y, width: place.width - 1, height: 1)
      buffer.write(row.label, in: label, align: .right, style: Style(.muted))
      buffer.bar(row.value / scale, in: barArea.row(line), style: Style(row.role))
      if let expected = row.expected {
        buffer.expectationMark(expected / scale, in: barArea.row(line))
      }
    }
  }
}

/// A share of a whole, with words over it when there is room.
package struct Gauge: Widget {
  package var fraction: Double
  package var label: String
  package var role: Role

  package init(_ fraction: Double, label: String = "", role: Role = .accent) {
    self.fraction = fraction
    self.label = label
    self.role = role
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let wanted = label.isEmpty ? 0 : label.columns + 1
    let (bar, words) = area.cutRight(min(wanted, area.width))
    let trough: Unicode.Scalar = buffer.glyphs.isASCII ? "." : "░"
    buffer.fill(bar.row(0), with: trough, style: Style(.faint))
    buffer.bar(fraction, in: bar, style: Style(role))
    buffer.write(label, in: words, align: .right, style: Style(.text))
  }
}

extension CellBuffer {
  /// Fills a rectangle's first row from the left to a fraction, to an eighth of a cell where the
  /// alphabet has the blocks; fractions outside 0...1 are clamped, NaN draws nothing.
  package mutating func bar(_ fraction: Double, in area: Rectangle, style: Style) {
    guard area.height > 0, fraction > 0 else { return }
    let length = min(fraction, 1) * Double(area.width)
    let whole = Int(glyphs.isASCII ? length.rounded() : length)
    let full: Unicode.Scalar = glyphs.isASCII ? "#" : "█"
    fill(Rectangle(x: area.x, y: area.y, width: whole, height: 1), with: full, style: style)
    let eighths = Int((length - Double(whole)) * 8)
    guard !glyphs.isASCII, eighths > 0, whole < area.width else { return }
    self[area.x + whole, area.y] = Cell(eighthBlocks[eighths], style)
  }

  /// An upright mark at a fraction of a rectangle's first row, if it lies within.
  package mutating func expectationMark(_ fraction: Double, in area: Rectangle) {
    guard area.width > 0, area.height > 0, fraction >= 0, fraction <= 1 else { return }
    let x = area.x + min(area.width - 1, Int(fraction * Double(area.width)))
    let background = self[x, area.y].style.background
    let mark: Unicode.Scalar = glyphs.isASCII ? "|" : "┃"
    self[x, area.y] = Cell(mark, Style(.expectation, on: background, .bold))
  }
}

/// Left blocks by eighths of a cell, 0 to 7.
private let eighthBlocks: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
