/// One character cell: a scalar and its style, eight bytes without references.
///
/// A character two columns wide occupies its cell and a `continuation` to its right.
package struct Cell: Hashable, Sendable {
  package var scalar: Unicode.Scalar
  package var style: Style
  package var isContinuation: Bool

  package init(_ scalar: Unicode.Scalar = " ", _ style: Style = .plain) {
    self.scalar = scalar
    self.style = style
    self.isContinuation = false
  }

  package static let blank = Cell()

  static func continuation(_ style: Style) -> Cell {
    var cell = Cell(" ", style)
    cell.isContinuation = true
    return cell
  }
}
