import History
import RunModel
import TerminalUI

/// Gradient, momentum and displacement of the selected block at the shown step, as small maps.
struct BlockMaps: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let blocks = state.shown.blocks
    guard let arm = state.distributedArm, blocks.indices.contains(state.selectedBlock) else {
      let inside = buffer.box(area, title: "g, mu, Delta", focused: isFocused)
      return sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
    }
    let block = blocks[state.selectedBlock]
    let step = arm.track?.step ?? 0
    let glyphs = SignedGlyphs(isASCII: buffer.glyphs.isASCII)
    let note = "step \(step)"
    let title = title(block, arm, width: area.width - 6)
    let inside = buffer.box(
      area, title: title,
      note: area.width >= title.columns + note.columns + 8 ? note : "", foot: glyphs.legend,
      focused: isFocused)
    guard let look = state.looks.look(arm: arm.id, block: state.selectedBlock, step: step) else {
      return sayMissing(step, on: &buffer, in: inside)
    }
    let (maps, below) = inside.cutBottom(1)
    drawMaps(look, glyphs, on: &buffer, in: maps)
    buffer.write(
      stillness(look, room: below.width), in: below,
      style: Style(look.stillElements == 0 ? .muted : .warning))
  }

  /// With as much of what it is about as has room whole.
  private func title(_ block: BlockDescriptor, _ arm: ArmMoment, width: Int) -> String {
    let forms = [
      "g, mu, Delta: \(block.shortName) of \(arm.letter)", "g, mu, Delta of \(arm.letter)",
    ]
    return forms.first { $0.columns <= width } ?? "g, mu, Delta"
  }

  /// The same for every step without maps, whether one is at it or comes back to it.
  private func sayMissing(_ step: Int, on buffer: inout CellBuffer, in area: Rectangle) {
    let remedy = state.missingMaps == nil ? "" : " Enter in this panel computes the step again."
    let lines = Wrapping.lines(
      "Step \(step) was not looked at: tensors are not recorded, and maps are made of the steps that "
        + "are trained while this panel is on the screen." + remedy, width: area.width)
    for (index, line) in lines.prefix(area.height).enumerated() {
      buffer.write(line, in: area.row(index), style: Style(.muted))
    }
  }

  private func drawMaps(
    _ look: BlockLook, _ glyphs: SignedGlyphs, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let parts: [(name: String, grid: BlockLook.Grid?, still: BlockLook.Grid?)] = [
      ("g", look.gradient, nil), ("mu", look.momentum, nil),
      ("Delta", look.displacement, look.still),
    ]
    let columns = area.columns(parts.map { _ in .share(1) })
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let (head, body) = (isLast ? columns[index] : columns[index].cutRight(1).0).cutTop(1)
      guard let grid = part.grid else {
        buffer.write(
          "\(part.name): none".shortened(to: head.width), in: head, style: Style(.muted))
        continue
      }
      let shown = grid.reduced(rows: body.height, columns: body.width)
      let largest = shown.values.map(abs).max() ?? 0
      heading(part.name, largest, isLong: area.width >= 50).draw(on: &buffer, in: head)
      let still = part.still?.reduced(rows: body.height, columns: body.width)
      draw(shown, of: largest, still: still, glyphs, on: &buffer, in: body)
    }
  }

  /// The name and the largest value of a cell.
  private func heading(_ name: String, _ largest: Float, isLong: Bool) -> TextLine {
    TextLine([
      TextRun(name, .strong, .bold),
      TextRun((isLong ? " up to " : " ") + Shown.number(Double(largest)), .muted),
    ])
  }

  private func draw(
    _ grid: BlockLook.Grid, of largest: Float, still: BlockLook.Grid?, _ glyphs: SignedGlyphs,
    on buffer: inout CellBuffer, in area: Rectangle
  ) {
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let cell = row * grid.columns + column
        let isStill = (still?.values[cell] ?? 0) > 0.75
        buffer[area.x + column, area.y + row] =
          isStill ? glyphs.still : glyphs.cell(grid.values[cell], of: largest)
      }
    }
  }

  /// What did not move, in the largest unit that says it.
  private func stillness(_ look: BlockLook, room: Int) -> String {
    let count = look.rows * look.columns
    let text =
      if look.stillElements == count {
        "nothing moved in this step"
      } else if look.stillRows > 0 {
        "\(look.stillRows) of \(look.rows) rows did not move"
      } else if look.stillColumns > 0 {
        "\(look.stillColumns) of \(look.columns) columns did not move"
      } else if look.stillElements > 0 {
        "\(look.stillElements) of \(count) elements did not move"
      } else {
        "all \(look.rows) x \(look.columns) moved"
      }
    return text.shortened(to: room)
  }
}

/// How a signed value looks: its sign by colour and by character, its size by density.
struct SignedGlyphs {
  let isASCII: Bool

  private var positive: [Unicode.Scalar] { isASCII ? [".", "+", "*", "#"] : ["░", "▒", "▓", "█"] }
  /// Other characters than the positive ones, so that the sign is there without colours.
  private var negative: [Unicode.Scalar] { isASCII ? [",", "-", "~", "="] : ["·", "-", "~", "="] }

  var still: Cell { Cell("x", Style(.faint)) }

  func cell(_ value: Float, of largest: Float) -> Cell {
    guard largest > 0, value != 0, value.isFinite else { return Cell(" ", Style(.text)) }
    let level = min(3, Int(abs(value) / largest * 4))
    return value > 0
      ? Cell(positive[level], Style(.lane1)) : Cell(negative[level], Style(.lane2))
  }

  var legend: [TextLine] {
    [
      TextLine([
        TextRun("\(String(positive[3])) above 0", .lane1)
      ]),
      TextLine([TextRun("\(String(negative[3])) below", .lane2)]),
      TextLine("x did not move", .muted),
    ]
  }
}
