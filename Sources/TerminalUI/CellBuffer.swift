/// A grid of cells to draw on; everything outside it is silently clipped.
///
/// The buffer knows the alphabet of the terminal, so that no widget has to be told.
package struct CellBuffer: Hashable, Sendable {
  package let size: Size
  package let glyphs: GlyphTier
  /// Row-major, `size.width * size.height` of them.
  package private(set) var cells: [Cell]

  package init(_ size: Size, glyphs: GlyphTier = .braille) {
    self.size = size
    self.glyphs = glyphs
    cells = Array(repeating: .blank, count: size.width * size.height)
  }

  package init(width: Int, height: Int, glyphs: GlyphTier = .braille) {
    self.init(Size(width: width, height: height), glyphs: glyphs)
  }

  package var width: Int { size.width }
  package var height: Int { size.height }
  package var bounds: Rectangle { Rectangle(size) }

  /// The cell there; reading outside gives a blank, writing outside does nothing.
  ///
  /// Writing over half of a wide character blanks its other half.
  package subscript(x: Int, y: Int) -> Cell {
    get { bounds.contains(x: x, y: y) ? cells[y * width + x] : .blank }
    set {
      guard bounds.contains(x: x, y: y) else { return }
      set(newValue, x: x, y: y)
    }
  }

  /// Fills the part of the rectangle that lies inside with one character.
  package mutating func fill(
    _ rectangle: Rectangle, with scalar: Unicode.Scalar = " ", style: Style = .plain
  ) {
    let area = rectangle.intersection(bounds)
    let cell = Cell(glyphs.spelling(of: scalar), style)
    for y in area.y..<area.bottom {
      for x in area.x..<area.right { set(cell, x: x, y: y) }
    }
  }

  /// Changes background and attributes of an area, leaving its characters and foregrounds.
  package mutating func highlight(
    _ rectangle: Rectangle, background: Role, attributes: TextAttributes = []
  ) {
    let area = rectangle.intersection(bounds)
    for y in area.y..<area.bottom {
      for x in area.x..<area.right {
        let index = y * width + x
        cells[index].style = cells[index].style.on(background).with(attributes)
      }
    }
  }

  /// Copies another buffer so that its top left corner lands at a place.
  package mutating func blit(_ other: CellBuffer, x left: Int, y top: Int) {
    for y in 0..<other.height {
      for x in 0..<other.width where bounds.contains(x: left + x, y: top + y) {
        set(other.cells[y * other.width + x], x: left + x, y: top + y)
      }
    }
  }

  /// Stores a cell known to lie inside, mending the neighbours of overwritten wide characters.
  @inline(__always)
  mutating func set(_ cell: Cell, x: Int, y: Int) {
    let index = y * width + x
    if cells[index].isContinuation && !cell.isContinuation && x > 0 {
      cells[index - 1] = Cell(" ", cells[index - 1].style)
    }
    if x + 1 < width && cells[index + 1].isContinuation && !cells[index].isContinuation {
      cells[index + 1] = Cell(" ", cells[index + 1].style)
    }
    cells[index] = cell
  }
}
