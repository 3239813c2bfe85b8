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
