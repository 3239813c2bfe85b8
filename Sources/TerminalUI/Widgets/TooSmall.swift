/// What is shown when the window is under the smallest usable size.
package struct TooSmall: Widget {
  package var minimum: Size

  package init(minimum: Size) { self.minimum = minimum }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let lines = [
      "window too small",
      "\(area.width)x\(area.height), needs \(minimum.width)x\(minimum.height)",
      "training goes on",
      "q quit",
    ]
    let height = min(lines.count, area.height)
    let place = area.centred(width: area.width, height: height)
    // The last line matters most when only one fits: how to leave.
    let shown = height < lines.count ? Array(lines.prefix(height - 1)) + lines.suffix(1) : lines
    for (index, line) in shown.enumerated() {
      buffer.write(line, in: place.row(index), align: .centre, style: Style(.strong))
    }
  }
}
