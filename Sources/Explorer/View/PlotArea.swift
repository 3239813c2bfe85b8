import Charts
import TerminalUI

/// The marks of a chart on the cells of a rectangle.
struct PlotArea {
  let scene: ChartScene
  let letters: [Character]

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard !area.isEmpty else { return }
    var canvas = Canvas(covering: area, of: buffer)
    let projection = scene.project(width: canvas.width, height: canvas.height)
    for shape in projection.shapes {
      if case .rule(let from, let to, _, let tone) = shape {
        drawRule(from, to, tone, on: &buffer, in: area, canvas)
      }
    }
    for shape in projection.shapes { draw(shape, on: &canvas) }
    canvas.draw(on: &buffer, in: area)
    let labels = projection.shapes.map { labelColumn($0, in: area, canvas) }
    for (index, shape) in projection.shapes.enumerated() {
      let end = labels[(index + 1)...].lazy.compactMap(\.self).first
      drawText(shape, upTo: end, on: &buffer, in: area, canvas)
    }
  }

  private func draw(_ shape: Projection.Shape, on canvas: inout Canvas) {
    switch shape {
    case .polyline(let points, let stroke, let tone):
      draw(points, stroke, pen: pen(tone, stroke), on: &canvas)
    case .band(let upper, let lower, let tone):
      draw(upper, lower, pen: Pen(role(tone), letter: ":", attributes: .dim), on: &canvas)
    case .bar(let rectangle, _, let tone):
      for x in Int(rectangle.left)...max(Int(rectangle.left), Int(rectangle.right)) {
        canvas.column(x: x, from: rectangle.top, to: rectangle.bottom, pen: pen(tone, .thick))
      }
    case .symbol, .rule, .cell: break
    }
  }

  private func draw(
    _ points: [DevicePoint], _ stroke: Stroke, pen: Pen, on canvas: inout Canvas
  ) {
    if points.count == 1 {
      canvas.point(x: Int(points[0].x.rounded()), y: Int(points[0].y.rounded()), pen: pen)
    }
    for (index, pair) in zip(points, points.dropFirst()).enumerated() {
      if stroke == .dashed, index / 2 % 2 == 1 { continue }
      let (a, b) = pair
      canvas.line(fromX: a.x, y: a.y, toX: b.x, y: b.y, pen: pen)
      guard stroke == .thick, canvas.glyphs == .braille else { continue }
      canvas.line(fromX: a.x, y: a.y + 1, toX: b.x, y: b.y + 1, pen: pen)
    }
  }

  /// Fills between two edges that share their x, column by column.
  private func draw(
    _ upper: [DevicePoint], _ lower: [DevicePoint], pen: Pen, on canvas: inout Canvas
  ) {
    for index in upper.indices.dropFirst() {
      let (from, to) = (upper[index - 1].x, upper[index].x)
      guard to > from else { continue }
      for x in Int(from.rounded())...Int(to.rounded()) {
        let share = min(max(0, (Double(x) - from) / (to - from)), 1)
        let top = upper[index - 1].y + share * (upper[index].y - upper[index - 1].y)
        let bottom = lower[index - 1].y + share * (lower[index].y - lower[index - 1].y)
        canvas.column(x: x, from: top, to: bottom, pen: pen, pattern: .sparse)
      }
    }
  }

  private func drawRule(
    _ from: DevicePoint, _ to: DevicePoint, _ tone: Tone, on buffer: inout CellBuffer,
    in area: Rectangle, _ canvas: Canvas
  ) {
    let (a, b) = (cell(from, in: area, canvas), cell(to, in: area, canvas))
    let style = Style(role(tone), tone == .event ? [] : .dim)
    if a.y == b.y {
      for x in area.x..<area.right { buffer.write("╌", x: x, y: a.y, style: style) }
    } else {
      for y in area.y..<area.bottom { buffer.write("┊", x: a.x, y: y, style: style) }
    }
  }

  /// Where the label of an upright rule begins; they share the first row.
  private func labelColumn(
    _ shape: Projection.Shape, in area: Rectangle, _ canvas: Canvas
  ) -> Int? {
    guard case .rule(let from, let to, let label, _) = shape, !label.isEmpty, from.y != to.y
    else { return nil }
    return cell(from, in: area, canvas).x
  }

  /// - Parameter end: the column of the next label on the first row, if there is one.
  private func drawText(
    _ shape: Projection.Shape, upTo end: Int?, on buffer: inout CellBuffer, in area: Rectangle,
    _ canvas: Canvas
  ) {
    switch shape {
    case .symbol(let point, let character, let tone):
      let place = cell(point, in: area, canvas)
      let isLetter = character.isLetter && character != "x" && character != "o"
      let symbol = character == "o" && !canvas.glyphs.isASCII ? "•" : String(character)
      buffer.write(
        symbol, x: place.x, y: place.y, style: Style(role(tone), isLetter ? .bold : []))
    case .rule(let from, let to, let label, let tone):
      guard !label.isEmpty else { return }
      let place = cell(from, in: area, canvas)
      if from.y == to.y {
        let row = Rectangle(x: area.x, y: place.y, width: area.width, height: 1)
        guard let x = freeColumn(for: label, in: row, buffer) else { return }
        buffer.write(label, x: x, y: row.y, style: Style(role(tone)))
      } else if let end {
        guard end - place.x > 2 else { return }
        buffer.write(
          label.shortened(to: end - place.x - 2), x: place.x + 1, y: area.y,
          style: Style(role(tone)))
      } else {
        let room = area.right - place.x - 1
        if room >= min(label.columns, 8) {
          buffer.write(
            label.shortened(to: room), x: place.x + 1, y: area.y, style: Style(role(tone)))
        } else {
          let text = label.shortened(to: place.x - area.x)
          buffer.write(text, x: place.x - text.columns, y: area.y, style: Style(role(tone)))
        }
      }
    case .polyline, .band, .bar, .cell: break
    }
  }

  /// The rightmost place in a row where a label covers nothing but the rule and the grid.
  private func freeColumn(
    for label: String, in row: Rectangle, _ buffer: CellBuffer
  ) -> Int? {
    let free: Set<Unicode.Scalar> = [" ", "╌", "┊", "·", "-", "+", "."]
    let count = label.columns
    guard count <= row.width else { return nil }
    return stride(from: row.right - count, through: row.x, by: -1).first { start in
      (start..<start + count).allSatisfy { free.contains(buffer[$0, row.y].scalar) }
    }
  }

  private func cell(_ point: DevicePoint, in area: Rectangle, _ canvas: Canvas) -> Position {
    let (fineX, fineY) = canvas.glyphs.resolution
    return Position(
      x: area.x + min(area.width - 1, max(0, Int(point.x.rounded()) / fineX)),
      y: area.y + min(area.height - 1, max(0, Int(point.y.rounded()) / fineY)))
  }

  private func pen(_ tone: Tone, _ stroke: Stroke) -> Pen {
    var letter: Unicode.Scalar = "*"
    if case .arm(let index) = tone, letters.indices.contains(index),
      let scalar = letters[index].unicodeScalars.first
    {
      letter = scalar
    }
    return Pen(
      role(tone), letter: stroke == .thin ? "." : letter, attributes: stroke == .thick ? [] : .dim)
  }

  private func role(_ tone: Tone) -> Role {
    switch tone {
    case .arm(let index): .lane(index)
    case .neutral: .muted
    case .expectation: .expectation
    case .event: .mark
    case .warning: .warning
    case .kept: .kept
    case .masked: .masked
    case .excluded: .excluded
    }
  }
}
