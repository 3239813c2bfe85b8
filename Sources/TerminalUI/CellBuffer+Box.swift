extension CellBuffer {
  /// Draws a box along the inside of a rectangle's edge and returns what is left within.
  ///
  /// The title stands in the top edge on the left, the note on the right; the title is kept
  /// longer when both do not fit. The foot, which says what is what, stands in the bottom edge as
  /// far as whole parts of it fit. A rectangle too thin for a box is returned whole.
  @discardableResult
  package mutating func box(
    _ rectangle: Rectangle, title: String = "", note: String = "", foot: [TextLine] = [],
    focused: Bool = false
  ) -> Rectangle {
    guard rectangle.width >= 2, rectangle.height >= 2 else { return rectangle }
    let style = Style(focused ? .focusedBorder : .border)
    drawEdges(rectangle, style: style)
    let room = rectangle.width - 4
    let used = caption(title, x: rectangle.x + 2, y: rectangle.y, room: room, style: Style(.title))
    let width = note.columns + 2
    if !note.isEmpty, width <= room - used {
      caption(
        note, x: rectangle.right - 2 - width, y: rectangle.y, room: width, style: Style(.muted))
    }
    drawFoot(foot, in: rectangle)
    return rectangle.inset()
  }

  private mutating func drawFoot(_ parts: [TextLine], in area: Rectangle) {
    var x = area.x + 2
    for part in parts where x + part.columns + 2 <= area.right - 1 {
      let place = Rectangle(x: x, y: area.bottom - 1, width: part.columns + 2, height: 1)
      fill(place)
      part.draw(on: &self, in: Rectangle(x: x + 1, y: place.y, width: part.columns, height: 1))
      x += part.columns + 2
    }
  }

  private mutating func drawEdges(_ area: Rectangle, style: Style) {
    let set = glyphs.borders
    let (right, bottom) = (area.right - 1, area.bottom - 1)
    for x in area.x...right {
      self[x, area.y] = Cell(set.horizontal, style)
      self[x, bottom] = Cell(set.horizontal, style)
    }
    for y in area.y...bottom {
      self[area.x, y] = Cell(set.vertical, style)
      self[right, y] = Cell(set.vertical, style)
    }
    self[area.x, area.y] = Cell(set.topLeft, style)
    self[right, area.y] = Cell(set.topRight, style)
    self[area.x, bottom] = Cell(set.bottomLeft, style)
    self[right, bottom] = Cell(set.bottomRight, style)
  }

  /// Writes text with a blank on each side; returns the columns used.
  @discardableResult
  private mutating func caption(
    _ text: String, x: Int, y: Int, room: Int, style: Style
  ) -> Int {
    guard !text.isEmpty, room >= 3 else { return 0 }
    let shown = text.shortened(to: room - 2)
    return write(" \(shown) ", x: x, y: y, style: style, limit: room) - x
  }

  /// A horizontal rule across a rectangle's first row.
  package mutating func rule(_ rectangle: Rectangle, style: Style = Style(.border)) {
    fill(rectangle.row(0), with: glyphs.borders.horizontal, style: style)
  }
}

extension String {
  /// The text in at most `room` columns, its end replaced by `~` when it is cut.
  package func shortened(to room: Int) -> String {
    guard columns > room else { return self }
    guard room > 0 else { return "" }
    var kept = ""
    var used = 0
    for character in self {
      let width = String(character).columns
      if used + width > room - 1 { break }
      kept.append(character)
      used += width
    }
    return kept + "~"
  }

  /// The text filled up with blanks to at least `room` columns.
  package func padded(to room: Int, align: Alignment = .left) -> String {
    let slack = room - columns
    guard slack > 0 else { return self }
    let before = align == .right ? slack : align == .centre ? slack / 2 : 0
    return String(repeating: " ", count: before) + self
      + String(repeating: " ", count: slack - before)
  }
}
