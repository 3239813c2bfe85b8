/// What a canvas draws with: a style, and the letter that stands for the line on the ASCII tier.
package struct Pen: Hashable, Sendable {
  package var style: Style
  package var letter: Unicode.Scalar

  package init(_ role: Role, letter: Unicode.Scalar = "*", attributes: TextAttributes = []) {
    self.style = Style(role, attributes)
    self.letter = letter
  }
}

/// Which pen colours a cell that several have drawn in.
package enum InkRule: Hashable, Sendable {
  /// The last to draw there.
  case latest
  /// The one with the most dots there; ties stay with the earlier.
  case most
}

/// A drawing surface finer than cells: braille dots, quadrants or letters, by glyph tier.
///
/// Coordinates are subcells from the top left, `width` by `height` of them. Anything outside,
/// infinite or not a number is clipped; nothing traps.
package struct Canvas: Sendable {
  package let columns: Int
  package let rows: Int
  package let glyphs: GlyphTier
  package let inkRule: InkRule
  /// One per cell: which subcells are set, whose they are, and by how many dots they lead.
  var ink: [Ink]
  var pens: [Pen] = []

  struct Ink: Sendable {
    var dots: UInt8 = 0
    var pen: UInt8 = 0
    var lead: UInt16 = 0
  }

  package init(columns: Int, rows: Int, glyphs: GlyphTier, inkRule: InkRule = .latest) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    self.glyphs = glyphs
    self.inkRule = inkRule
    ink = Array(repeating: Ink(), count: self.columns * self.rows)
  }

  /// A canvas that covers a rectangle of a buffer.
  package init(
    covering rectangle: Rectangle, of buffer: CellBuffer, inkRule: InkRule = .latest
  ) {
    self.init(
      columns: rectangle.width, rows: rectangle.height, glyphs: buffer.glyphs, inkRule: inkRule)
  }

  /// Subcells across.
  package var width: Int { columns * glyphs.resolution.x }

  /// Subcells down.
  package var height: Int { rows * glyphs.resolution.y }

  /// The index of a pen, entering it in the list of at most 256 when it is new.
  mutating func number(of pen: Pen) -> UInt8 {
    if let place = pens.lastIndex(of: pen) { return UInt8(place) }
    guard pens.count < 256 else { return 255 }
    pens.append(pen)
    return UInt8(pens.count - 1)
  }

  /// Sets one subcell that is known to lie inside.
  @inline(__always)
  mutating func mark(_ x: Int, _ y: Int, pen: UInt8) {
    let index: Int
    let bit: UInt8
    switch glyphs {
    case .braille:
      index = (y >> 2) * columns + (x >> 1)
      bit = brailleBit(x & 1, y & 3)
    case .block:
      index = (y >> 1) * columns + (x >> 1)
      bit = 1 << UInt8((y & 1) * 2 + (x & 1))
    case .ascii:
      index = y * columns + x
      bit = 1
    }
    ink[index].dots |= bit
    claim(index, for: pen)
  }

  @inline(__always)
  private mutating func claim(_ index: Int, for pen: UInt8) {
    let lead = ink[index].lead
    if ink[index].pen == pen || lead == 0 || inkRule == .latest {
      ink[index].pen = pen
      ink[index].lead = lead &+ (lead < .max ? 1 : 0)
    } else {
      ink[index].lead = lead - 1
    }
  }
}

/// The bit of a dot in a braille pattern (ISO/TR 11548-1: dots 1-3 and 7 left, 4-6 and 8 right).
@inline(__always)
private func brailleBit(_ x: Int, _ y: Int) -> UInt8 {
  y == 3 ? (x == 0 ? 0x40 : 0x80) : 1 << UInt8(y + 3 * x)
}

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
