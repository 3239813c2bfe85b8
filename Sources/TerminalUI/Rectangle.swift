/// Width and height in terminal cells, never negative.
package struct Size: Hashable, Sendable {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }
}

/// A rectangle of cells: column `x`, row `y` (both from 0, downwards), never of negative size.
package struct Rectangle: Hashable, Sendable {
  package let x: Int
  package let y: Int
  package let width: Int
  package let height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The whole of a surface of this size.
  package init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.width, height: size.height)
  }

  package var size: Size { Size(width: width, height: height) }
  package var isEmpty: Bool { width == 0 || height == 0 }

  /// The first column to the right of the rectangle.
  package var right: Int { x + width }

  /// The first row below the rectangle.
  package var bottom: Int { y + height }

  package func contains(x column: Int, y row: Int) -> Bool {
    column >= x && column < right && row >= y && row < bottom
  }

  /// The part both rectangles share, possibly empty.
  package func intersection(_ other: Rectangle) -> Rectangle {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rectangle(
      x: left, y: top, width: min(right, other.right) - left,
      height: min(bottom, other.bottom) - top)
  }

  /// The rectangle less a margin on each side.
  package func inset(horizontally: Int = 1, vertically: Int = 1) -> Rectangle {
    Rectangle(
      x: x + min(horizontally, width), y: y + min(vertically, height),
      width: width - 2 * horizontally, height: height - 2 * vertically)
  }

  /// A rectangle of at most this size in the middle of this one.
  package func centred(width wanted: Int, height tall: Int) -> Rectangle {
    let (w, h) = (min(max(0, wanted), width), min(max(0, tall), height))
    return Rectangle(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
  }

  /// One row of the rectangle, counted from its top; empty when there is no such row.
  package func row(_ index: Int) -> Rectangle {
    let exists = index >= 0 && index < height
    return Rectangle(x: x, y: y + index, width: exists ? width : 0, height: exists ? 1 : 0)
  }
}
