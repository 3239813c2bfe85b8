/// A list with a selected row that is always in view.
package struct ListView: Widget {
  package var items: [TextLine]
  package var selected: Int?

  package init(_ items: [TextLine], selected: Int? = nil) {
    self.items = items
    self.selected = selected
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let first = firstVisible(of: items.count, selected: selected ?? 0, height: area.height)
    for (line, index) in (first..<items.count).prefix(area.height).enumerated() {
      let place = area.row(line)
      if index == selected { buffer.fill(place, style: Style(.standard, on: .selection)) }
      items[index].draw(on: &buffer, in: place)
    }
    buffer.scrollMarks(first: first, count: items.count, in: area)
  }
}

/// Lines that do not all fit, from a given one on.
package struct ScrollText: Widget {
  package var lines: [TextLine]
  package var offset: Int

  package init(_ lines: [TextLine], offset: Int = 0) {
    self.lines = lines
    self.offset = offset
  }

  /// The largest offset that still fills a height.
  package func lastOffset(height: Int) -> Int { max(0, lines.count - height) }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let first = min(max(0, offset), lastOffset(height: area.height))
    for (line, text) in lines.dropFirst(first).prefix(area.height).enumerated() {
      text.draw(on: &buffer, in: area.row(line))
    }
    buffer.scrollMarks(first: first, count: lines.count, in: area)
  }
}

/// A framed text over whatever is below: help, a message, a question.
package struct Overlay: Widget {
  package var title: String
  package var note: String
  package var text: ScrollText

  package init(title: String, note: String = "Esc close", lines: [TextLine], offset: Int = 0) {
    self.title = title
    self.note = note
    text = ScrollText(lines, offset: offset)
  }

  /// The rectangle the overlay takes within `area`: as large as its text, centred.
  package func place(in area: Rectangle) -> Rectangle {
    let widest = text.lines.map(\.columns).max() ?? 0
    let caption = title.columns + note.columns + 8
    return area.centred(width: max(widest + 4, caption), height: text.lines.count + 2)
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let place = place(in: area)
    buffer.fill(place)
    let inside = buffer.box(place, title: title, note: note, focused: true)
    buffer.draw(text, in: inside.inset(horizontally: 1, vertically: 0))
  }
}

extension CellBuffer {
  /// Marks at the right edge where more lines lie above or below.
  fileprivate mutating func scrollMarks(first: Int, count: Int, in area: Rectangle) {
    guard area.width > 0, area.height > 0 else { return }
    let style = Style(.accent)
    if first > 0 { write("↑", x: area.right - 1, y: area.y, style: style) }
    if first + area.height < count {
      write("↓", x: area.right - 1, y: area.bottom - 1, style: style)
    }
  }
}
