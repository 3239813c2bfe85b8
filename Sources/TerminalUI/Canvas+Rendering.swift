extension Canvas {
  /// Writes the drawn cells onto a buffer, top left corner at a place; empty cells stay as they
  /// were.
  ///
  /// Drawn cells keep the background that the buffer has there, unless the pen brings its own.
  package func draw(on buffer: inout CellBuffer, x left: Int, y top: Int) {
    let area = Rectangle(x: left, y: top, width: columns, height: rows)
      .intersection(buffer.bounds)
    for y in area.y..<area.bottom {
      for x in area.x..<area.right {
        let cell = ink[(y - top) * columns + (x - left)]
        guard cell.dots != 0 else { continue }
        let pen = pens[Int(cell.pen)]
        var style = pen.style
        if style.background == .standard { style.background = buffer[x, y].style.background }
        buffer.set(Cell(glyph(cell.dots, pen), style), x: x, y: y)
      }
    }
  }

  /// Writes the canvas at the top left corner of a rectangle.
  package func draw(on buffer: inout CellBuffer, in rectangle: Rectangle) {
    draw(on: &buffer, x: rectangle.x, y: rectangle.y)
  }

  private func glyph(_ dots: UInt8, _ pen: Pen) -> Unicode.Scalar {
    switch glyphs {
    case .braille: Unicode.Scalar(0x2800 + UInt32(dots)) ?? " "
    case .block: quadrants[Int(dots & 15)]
    case .ascii: glyphs.spelling(of: pen.letter)
    }
  }
}

/// By bit: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
private let quadrants: [Unicode.Scalar] = [
  " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
]
