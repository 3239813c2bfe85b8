import History
import Metrics
import RunModel
import TerminalUI

/// Every block with its figures and its last updates, the selected one highlighted.
struct BlockTable: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let arm = state.distributedArm, arm.track != nil else {
      let inside = buffer.box(area, title: "blocks", focused: isFocused)
      return sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
    }
    let glyphs = RasterGlyphs(state.options.glyphs, lane: .lane(arm.place))
    let inside = buffer.box(
      area, title: "blocks of \(arm.letter) \(arm.name)", foot: glyphs.legend, focused: isFocused)
    let columns = BlockColumns(width: inside.width, order: state.blockOrder)
    let (header, rest) = inside.cutTop(1)
    let (body, foot) = rest.cutBottom(rest.height >= 6 ? 1 : 0)
    if !foot.isEmpty { MemoryRow(state: state).line(room: foot.width).draw(on: &buffer, in: foot) }
    columns.drawHeader(state, on: &buffer, in: header)
    let blocks = state.orderedBlocks
    guard !blocks.isEmpty else {
      sayNothing("no block matches '\(state.blockFilter.shortened(to: 40))'", on: &buffer, in: body)
      return
    }
    let selected = blocks.firstIndex(of: state.selectedBlock) ?? 0
    // The top of an order is what is looked for: it stays in view as long as the selected block does.
    let first = max(0, selected - body.height + 1)
    for (line, place) in (first..<blocks.count).prefix(body.height).enumerated() {
      let row = body.row(line)
      if place == selected { buffer.fill(row, style: Style(.standard, on: .selection)) }
      columns.draw(blocks[place], arm, state, on: &buffer, in: row, isSelected: place == selected)
    }
  }
}
