import Charts

/// The marks of a chart as SVG elements, in drawing order.
struct SVGShapes {
  let layout: SVGLayout
  let projection: Projection

  func write(to writer: inout SVGWriter) {
    for shape in projection.shapes {
      switch shape {
      case .polyline(let points, let stroke, let tone):
        write(points, stroke, tone, to: &writer)
      case .band(let upper, let lower, let tone):
        writer.element(
          "polygon",
          [
            ("points", list(upper + lower.reversed())), ("fill", SVGPalette.color(tone)),
            ("fill-opacity", "0.16"),
          ])
      case .symbol(let place, let symbol, let tone): write(symbol, place, tone, to: &writer)
      case .rule(let from, let to, let label, let tone):
        writeRule(from, to, label, tone, to: &writer)
      case .bar(let rectangle, let expected, let tone):
        write(rectangle, opacity: 0.75, tone, to: &writer)
        if expected.count > 1 { write(expected, .thick, .expectation, to: &writer) }
      case .cell(let rectangle, let strength, let tone):
        write(rectangle, opacity: tone == .masked ? 1 : max(strength, 0.1), tone, to: &writer)
      }
    }
  }

  private func write(
    _ points: [DevicePoint], _ stroke: Stroke, _ tone: Tone, to writer: inout SVGWriter
  ) {
    guard points.count > 1 else {
      guard let point = points.first else { return }
      writer.element(
        "circle",
        [("cx", x(point)), ("cy", y(point)), ("r", "1.5"), ("fill", SVGPalette.color(tone))])
      return
    }
    var attributes = [
      ("points", list(points)), ("fill", "none"), ("stroke", SVGPalette.color(tone)),
      ("stroke-linejoin", "round"),
    ]
    switch stroke {
    case .thin: attributes += [("stroke-width", "1"), ("stroke-opacity", "0.45")]
    case .thick: attributes += [("stroke-width", "2")]
    case .dashed: attributes += [("stroke-width", "1.2"), ("stroke-dasharray", "5 4")]
    }
    writer.element("polyline", attributes)
  }

  private func write(
    _ symbol: Character, _ place: DevicePoint, _ tone: Tone, to writer: inout SVGWriter
  ) {
    if symbol == "o" {
      writer.element(
        "circle",
        [("cx", x(place)), ("cy", y(place)), ("r", "2.6"), ("fill", SVGPalette.color(tone))])
      return
    }
    writer.text(
      String(symbol),
      [
        ("x", x(place)), ("y", coordinate(Double(layout.top) + place.y + 4)),
        ("text-anchor", "middle"), ("font-weight", "700"), ("fill", SVGPalette.color(tone)),
        ("stroke", "#ffffff"), ("stroke-width", "3"), ("paint-order", "stroke"),
      ])
  }

  private func writeRule(
    _ from: DevicePoint, _ to: DevicePoint, _ label: String, _ tone: Tone,
    to writer: inout SVGWriter
  ) {
    writer.element(
      "line",
      [
        ("x1", x(from)), ("y1", y(from)), ("x2", x(to)), ("y2", y(to)),
        ("stroke", SVGPalette.color(tone)), ("stroke-width", "1"), ("stroke-dasharray", "4 3"),
      ])
    guard !label.isEmpty else { return }
    let isHorizontal = from.y == to.y
    let isNearRight = !isHorizontal && from.x > Double(projection.width) * 0.7
    let start = isHorizontal ? to.x - 4 : from.x + (isNearRight ? -4 : 4)
    let height = isHorizontal ? max(from.y - 4, 11) : 12
    writer.text(
      label,
      [
        ("x", coordinate(Double(layout.left) + start)),
        ("y", coordinate(Double(layout.top) + height)),
        ("text-anchor", isHorizontal || isNearRight ? "end" : "start"), ("font-size", "11"),
        ("fill", SVGPalette.color(tone)),
      ])
  }

  private func write(
    _ rectangle: DeviceRectangle, opacity: Double, _ tone: Tone, to writer: inout SVGWriter
  ) {
    let (width, height) = (rectangle.right - rectangle.left, rectangle.bottom - rectangle.top)
    guard width > 0, height > 0 else { return }
    writer.element(
      "rect",
      [
        ("x", coordinate(Double(layout.left) + rectangle.left)),
        ("y", coordinate(Double(layout.top) + rectangle.top)), ("width", coordinate(width)),
        ("height", coordinate(height)), ("fill", SVGPalette.color(tone)),
        ("fill-opacity", NumberFormat.compact(opacity, digits: 2)), ("stroke", "#ffffff"),
        ("stroke-width", "0.5"),
      ])
  }

  private func list(_ points: [DevicePoint]) -> String {
    points.map { x($0) + "," + y($0) }.joined(separator: " ")
  }

  private func x(_ point: DevicePoint) -> String { coordinate(Double(layout.left) + point.x) }
  private func y(_ point: DevicePoint) -> String { coordinate(Double(layout.top) + point.y) }
  private func coordinate(_ value: Double) -> String { SVGWriter.coordinate(value) }
}
