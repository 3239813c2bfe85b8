/// A cell's place.
package struct Position: Hashable, Sendable {
  package let x: Int
  package let y: Int

  package init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// One finished picture: cells, the theme that colours them, and the cursor when there is one.
package struct Frame: Sendable {
  package var buffer: CellBuffer
  package var theme: Theme
  /// Where the text cursor blinks; nil hides it.
  package var cursor: Position?

  package init(_ buffer: CellBuffer, theme: Theme = .standard, cursor: Position? = nil) {
    self.buffer = buffer
    self.theme = theme
    self.cursor = cursor
  }

  package var size: Size { buffer.size }
}
