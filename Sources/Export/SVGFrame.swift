import Charts

/// What surrounds the marks: title, legend, axes with their grid, note.
struct SVGFrame {
  let scene: ChartScene
  let layout: SVGLayout

  private var right: Int { layout.left + layout.plotWidth }
  private var bottom: Int { layout.top + layout.plotHeight }

  func write(to writer: inout SVGWriter) {
    writer.text(
      scene.title,
      [("x", "\(layout.left)"), ("y", "22"), ("font-size", "14"), ("font-weight", "600")])
    writer.text(
      scene.settings.joined(separator: " · "),
      [("x", "\(right)"), ("y", "22"), ("text-anchor", "end"), ("fill", "#666666")])
    writeLegend(to: &writer)
    writeHorizontalAxis(to: &writer)
    writeVerticalAxis(to: &writer)
    writer.element(
      "rect",
      [
        ("x", "\(layout.left)"), ("y", "\(layout.top)"), ("width", "\(layout.plotWidth)"),
        ("height", "\(layout.plotHeight)"), ("fill", "none"), ("stroke", SVGPalette.border),
      ])
    guard let note = scene.note else { return }
    writer.text(
      note, [("x", "\(layout.left)"), ("y", "\(bottom + 54)"), ("fill", "#666666")])
  }

  private func writeLegend(to writer: inout SVGWriter) {
    for (entry, x, y) in layout.legend {
      let (start, height) = (SVGWriter.coordinate(x), SVGWriter.coordinate(y))
      writer.text(
        String(entry.letter),
        [
          ("x", start), ("y", height), ("font-weight", "700"),
          ("fill", SVGPalette.color(entry.tone)),
        ])
      writer.text(entry.name, [("x", SVGWriter.coordinate(x + 14)), ("y", height)])
    }
  }

  private func writeHorizontalAxis(to writer: inout SVGWriter) {
    let ticks = Ticks.fitting(
      scene.xAxis.scale, length: Double(layout.plotWidth), gap: 16,
      extent: { Double($0.count) * SVGLayout.characterWidth })
    for tick in ticks where scene.xAxis.categories.isEmpty {
      let x = SVGWriter.coordinate(
        Double(layout.left) + tick.position * Double(layout.plotWidth))
      writer.element(
        "line",
        [
          ("x1", x), ("y1", "\(layout.top)"), ("x2", x), ("y2", "\(bottom + 4)"),
          ("stroke", SVGPalette.grid),
        ])
      writer.text(tick.label, [("x", x), ("y", "\(bottom + 18)"), ("text-anchor", "middle")])
    }
    writer.text(
      scene.xAxis.label,
      [
        ("x", "\(layout.left + layout.plotWidth / 2)"), ("y", "\(bottom + 36)"),
        ("text-anchor", "middle"), ("fill", "#666666"),
      ])
  }

  private func writeVerticalAxis(to writer: inout SVGWriter) {
    if scene.yAxis.categories.isEmpty {
      writeVerticalTicks(to: &writer)
      let (x, y) = (14, layout.top + layout.plotHeight / 2)
      writer.text(
        scene.yAxis.label,
        [
          ("x", "\(x)"), ("y", "\(y)"), ("text-anchor", "middle"), ("fill", "#666666"),
          ("transform", "rotate(-90 \(x) \(y))"),
        ])
    } else {
      writeCategories(to: &writer)
    }
  }

  private func writeVerticalTicks(to writer: inout SVGWriter) {
    let ticks = Ticks.fitting(
      scene.yAxis.scale, length: Double(layout.plotHeight), gap: 8, extent: { _ in 14 })
    for tick in ticks {
      let y = Double(bottom) - tick.position * Double(layout.plotHeight)
      writer.element(
        "line",
        [
          ("x1", "\(layout.left - 4)"), ("y1", SVGWriter.coordinate(y)), ("x2", "\(right)"),
          ("y2", SVGWriter.coordinate(y)), ("stroke", SVGPalette.grid),
        ])
      writer.text(
        tick.label,
        [
          ("x", "\(layout.left - 8)"), ("y", SVGWriter.coordinate(y + 4)), ("text-anchor", "end"),
        ])
    }
  }

  private func writeCategories(to writer: inout SVGWriter) {
    for (index, name) in scene.yAxis.categories.enumerated() {
      guard let position = scene.yAxis.scale.position(of: Double(index) + 0.5) else { continue }
      let y = Double(bottom) - position * Double(layout.plotHeight)
      writer.text(
        name,
        [
          ("x", "\(layout.left - 8)"), ("y", SVGWriter.coordinate(y + 4)), ("text-anchor", "end"),
        ])
    }
  }
}
