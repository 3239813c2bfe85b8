/// Something that draws itself into a rectangle; whatever does not fit is clipped.
package protocol Widget {
  /// Draws inside `area` only.
  func draw(on buffer: inout CellBuffer, in area: Rectangle)
}

extension CellBuffer {
  /// Lets a widget draw into a rectangle of this buffer.
  package mutating func draw(_ widget: some Widget, in area: Rectangle) {
    guard !area.intersection(bounds).isEmpty else { return }
    widget.draw(on: &self, in: area)
  }
}
