import History
import RunModel
import TerminalUI

/// The columns of the table that fit, and the raster in what is left.
struct BlockColumns {
  let shown: [BlockColumn]
  private static let widths = [14, 9, 7, 6, 11, 9, 10, 10, 8, 10]

  /// - Parameter order: the column that sorts, which is always among those shown.
  init(width: Int, order: BlockColumn) {
    let room = max(30, width - (width >= 100 ? 26 : 8))
    var used = Self.widths[order.rawValue] + 1
    let others = BlockColumn.allCases.filter { $0 != order }.prefix { column in
      used += Self.widths[column.rawValue] + 1
      return used <= room
    }
    shown = BlockColumn.allCases.filter { $0 == order || others.contains($0) }
  }

  private func cells(_ area: Rectangle) -> [Rectangle] {
    area.columns(shown.map { .cells(Self.widths[$0.rawValue] + 1) } + [.share(1)])
  }

  func drawHeader(_ state: ExplorerState, on buffer: inout CellBuffer, in area: Rectangle) {
    for (column, cell) in zip(shown, cells(area)) {
      let isOrder = column == state.blockOrder
      let mark = isOrder ? (state.isBlockOrderReversed ? "↑" : "↓") : ""
      let place = Rectangle(x: cell.x, y: cell.y, width: cell.width - 1, height: 1)
      buffer.write(
        mark + column.title, in: place, align: column == .block ? .left : .right,
        style: Style(isOrder ? .accent : .muted))
    }
    guard let rest = cells(area).last, rest.width >= 22 else { return }
    buffer.write(
      "last steps, newest right", in: rest, align: .right, style: Style(.muted))
  }

  func draw(
    _ block: Int, _ arm: ArmMoment, _ state: ExplorerState, on buffer: inout CellBuffer,
    in area: Rectangle, isSelected: Bool
  ) {
    let background: Role = isSelected ? .selection : .standard
    for (column, cell) in zip(shown, cells(area)) {
      let place = Rectangle(x: cell.x, y: cell.y, width: cell.width - 1, height: 1)
      let text = state.text(column, of: block, in: arm)
      let role: Role = column == .block ? .strong : text == "-" ? .faint : .text
      buffer.write(
        text.shortened(to: place.width), in: place, align: column == .block ? .left : .right,
        style: Style(role, on: background))
    }
    guard let strip = cells(area).last, let raster = arm.track?.curves?.raster else { return }
    RasterGlyphs(state.options.glyphs, lane: .lane(arm.place)).draw(
      block, of: raster, isOver: state.shown.phase.isOver, on: &buffer, in: strip,
      background: background)
  }
}
