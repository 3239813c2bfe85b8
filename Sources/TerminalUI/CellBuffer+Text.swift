extension CellBuffer {
  /// Writes one line of text and returns the column after it.
  ///
  /// Text is clipped to the buffer and to `limit` columns; combining marks are dropped (a cell
  /// holds one scalar); control characters become `·`; a wide character that would be cut in
  /// half becomes a blank.
  @discardableResult
  package mutating func write(
    _ text: String, x: Int, y: Int, style: Style = .plain, limit: Int = .max
  ) -> Int {
    guard y >= 0, y < height, limit > 0, x < width, x > -0x10000 else { return x }
    let end = limit < width - x ? x + limit : width
    var column = x
    for scalar in text.unicodeScalars {
      if column >= end { break }
      column += put(scalar, x: column, y: y, end: end, style: style)
    }
    return column
  }

  /// Writes text at the left of a rectangle's first row, clipped to it.
  @discardableResult
  package mutating func write(
    _ text: String, in rectangle: Rectangle, align: Alignment = .left, style: Style = .plain
  ) -> Int {
    let room = rectangle.width
    let slack = align == .left ? 0 : max(0, room - text.columns)
    let offset = align == .right ? slack : align == .centre ? slack / 2 : 0
    guard rectangle.height > 0 else { return rectangle.x }
    return write(
      text, x: rectangle.x + offset, y: rectangle.y, style: style, limit: room - offset)
  }

  /// Writes one scalar and returns how many columns it took.
  private mutating func put(
    _ scalar: Unicode.Scalar, x: Int, y: Int, end: Int, style: Style
  ) -> Int {
    let safe = harmless(scalar)
    let columns = safe.isASCII ? 1 : safe.columns
    guard columns > 0 else { return 0 }
    if x < 0 {
      // The right half of a wide character cut by the left edge.
      if x + columns > 0, end > 0 { set(Cell(" ", style), x: 0, y: y) }
      return columns
    }
    guard x + columns <= end else {
      set(Cell(" ", style), x: x, y: y)
      return columns
    }
    set(Cell(safe, style), x: x, y: y)
    if columns == 2 { set(.continuation(style), x: x + 1, y: y) }
    return columns
  }

  /// The scalar in this buffer's alphabet, never a control character.
  private func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value >= 0x20 && scalar.value < 0x7f { return scalar }
    guard scalar.value > 0x9f, scalar.isPrintable else { return glyphs.isASCII ? "." : "·" }
    if glyphs.isASCII && scalar.columns == 0 { return scalar }
    return glyphs.spelling(of: scalar)
  }
}

/// Where text sits in the room it has.
package enum Alignment: Hashable, Sendable {
  case left, centre, right
}
