import History
import Metrics
import RunModel
import TerminalUI

/// Screen 3: every block with its figures and its last updates, one of them looked at closely.
struct BlocksScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    guard let arm = state.distributedArm, arm.track != nil else {
      sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: layout.body)
      return
    }
    if layout.isLow, state.blockChart > 0 {
      let charts = BlockCharts(state: state, arm: arm, first: state.blockChart - 1)
      buffer.draw(charts, in: layout.body)
      return
    }
    let (top, bottom) = layout.body.cutBottom(inspectorHeight)
    drawTable(arm, on: &buffer, in: top)
    if inspectorHeight > 0 { buffer.draw(BlockInspector(state: state, arm: arm), in: bottom) }
  }

  /// What the table leaves, at least a third; nothing in a window that is too low for both.
  private var inspectorHeight: Int {
    let height = layout.body.height
    guard !layout.isLow else { return 0 }
    let tableHeight = state.orderedBlocks.count + 4
    return max(height - tableHeight, height >= 30 ? height / 3 : 8)
  }

  private func drawTable(_ arm: ArmMoment, on buffer: inout CellBuffer, in area: Rectangle) {
    let glyphs = RasterGlyphs(state.options.glyphs)
    let legend = "\(glyphs.kept) kept \(glyphs.masked) masked \(glyphs.excluded) not masked"
    let inside = buffer.box(
      area, title: "blocks of \(arm.letter) \(arm.name)", note: area.width >= 70 ? legend : "",
      focused: true)
    let columns = BlockColumns(width: inside.width, order: state.blockOrder)
    let (header, rest) = inside.cutTop(1)
    let (body, foot) = rest.cutBottom(rest.height >= 4 ? 1 : 0)
    if !foot.isEmpty { MemoryRow(state: state).line.draw(on: &buffer, in: foot) }
    columns.drawHeader(state, on: &buffer, in: header)
    let blocks = state.orderedBlocks
    guard !blocks.isEmpty else {
      sayNothing("no block matches '\(state.blockFilter)'", on: &buffer, in: body)
      return
    }
    let selected = blocks.firstIndex(of: state.selectedBlock) ?? 0
    let first =
      blocks.count > body.height
      ? min(max(0, selected - body.height / 2), blocks.count - body.height) : 0
    for (line, place) in (first..<blocks.count).prefix(body.height).enumerated() {
      let row = body.row(line)
      if place == selected { buffer.fill(row, style: Style(.standard, on: .selection)) }
      columns.draw(blocks[place], arm, state, on: &buffer, in: row, isSelected: place == selected)
    }
  }
}
