/// A table that leaves out its least important columns when room is short.
package struct Table: Widget {
  package struct Column: Hashable, Sendable {
    package var title: String
    package var align: Alignment
    /// Columns of higher priority stay longer; `Int.max` is never dropped.
    package var priority: Int
    package var minimumWidth: Int

    package init(
      _ title: String, align: Alignment = .left, priority: Int = 0, minimumWidth: Int = 0
    ) {
      self.title = title
      self.align = align
      self.priority = priority
      self.minimumWidth = minimumWidth
    }
  }

  package var columns: [Column]
  package var rows: [[TextLine]]
  package var selected: Int?
  package var showsHeader: Bool
  /// Blanks between columns.
  package var gap: Int

  package init(
    columns: [Column], rows: [[TextLine]], selected: Int? = nil, showsHeader: Bool = true,
    gap: Int = 1
  ) {
    self.columns = columns
    self.rows = rows
    self.selected = selected
    self.showsHeader = showsHeader
    self.gap = gap
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let widths = columns.indices.map(width)
    let shown = visibleColumns(widths, room: area.width)
    var body = area
    if showsHeader {
      let (header, rest) = area.cutTop(1)
      let titles = columns.map { TextLine($0.title, .muted) }
      drawRow(titles, shown, widths, on: &buffer, in: header)
      body = rest
    }
    let first = firstVisible(of: rows.count, selected: selected ?? 0, height: body.height)
    for (line, index) in (first..<rows.count).prefix(body.height).enumerated() {
      let place = body.row(line)
      if index == selected { buffer.fill(place, style: Style(.standard, on: .selection)) }
      drawRow(rows[index], shown, widths, on: &buffer, in: place)
    }
  }

  private func width(_ column: Int) -> Int {
    let cells = rows.map { column < $0.count ? $0[column].columns : 0 }
    let header = showsHeader ? columns[column].title.columns : 0
    return max(columns[column].minimumWidth, header, cells.max() ?? 0)
  }

  /// Indices of the columns that fit, in their order; the lowest priority goes first, among
  /// equals the rightmost.
  private func visibleColumns(_ widths: [Int], room: Int) -> [Int] {
    var shown = Array(columns.indices)
    while shown.reduce(-gap, { $0 + widths[$1] + gap }) > room {
      let expendable = shown.indices.filter { columns[shown[$0]].priority < .max }
      guard
        let weakest = expendable.min(by: { left, right in
          let (a, b) = (columns[shown[left]].priority, columns[shown[right]].priority)
          return a != b ? a < b : left > right
        })
      else { break }
      shown.remove(at: weakest)
    }
    return shown
  }

  private func drawRow(
    _ cells: [TextLine], _ shown: [Int], _ widths: [Int], on buffer: inout CellBuffer,
    in area: Rectangle
  ) {
    var x = area.x
    for column in shown where x < area.right {
      let width = min(widths[column], area.right - x)
      let place = Rectangle(x: x, y: area.y, width: width, height: area.height)
      if column < cells.count {
        cells[column].draw(on: &buffer, in: place, align: columns[column].align)
      }
      x += width + gap
    }
  }
}

/// The first of `count` rows to show so that the selected one is visible and no room is wasted.
func firstVisible(of count: Int, selected: Int, height: Int) -> Int {
  guard count > height, height > 0 else { return 0 }
  return min(max(0, selected - height / 2), count - height)
}
