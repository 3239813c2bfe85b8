import Metrics
import RunModel
import TerminalUI

/// Screen 3: every block with its figures and its last updates, one of them looked at closely.
struct BlocksScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    guard let arm = arm, state.run.summary != nil else {
      sayNothing("no step yet", on: &buffer, in: layout.body)
      return
    }
    let height = layout.body.height >= 40 ? 14 : layout.body.height >= 16 ? 8 : 0
    let (top, bottom) = layout.body.cutBottom(height)
    drawTable(arm, on: &buffer, in: top)
    if height > 0 { buffer.draw(BlockInspector(state: state, arm: arm), in: bottom) }
  }

  private var arm: ArmRecord? {
    (state.maskedArm ?? state.run.arms.indices.first).map { state.run.arms[$0] }
  }

  private func drawTable(_ arm: ArmRecord, on buffer: inout CellBuffer, in area: Rectangle) {
    let glyphs = RasterGlyphs(state.options.glyphs)
    let legend = "\(glyphs.kept) kept \(glyphs.masked) masked \(glyphs.excluded) never masked"
    let inside = buffer.box(
      area, title: "blocks of \(arm.letter) \(arm.name)", note: area.width >= 70 ? legend : "",
      focused: true)
    let columns = BlockColumns(width: inside.width)
    let (header, body) = inside.cutTop(1)
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

/// The columns of the table that fit, and the raster in what is left.
struct BlockColumns {
  let shown: [BlockColumn]
  private let width: Int
  private static let widths = [14, 9, 7, 6, 11, 9]

  init(width: Int) {
    self.width = width
    var used = 0
    shown = BlockColumn.allCases.filter { column in
      used += Self.widths[column.rawValue] + 1
      return used <= max(30, width - 8)
    }
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
    _ block: Int, _ arm: ArmRecord, _ state: ExplorerState, on buffer: inout CellBuffer,
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
    guard let strip = cells(area).last, let age = state.blockAge(arm) else { return }
    let glyphs = RasterGlyphs(state.options.glyphs)
    for column in 0..<strip.width {
      let cell = arm.blocks.history.cell(block: block, age: age + strip.width - 1 - column)
      guard let (glyph, role) = glyphs.glyph(of: cell) else { continue }
      buffer[strip.x + column, strip.y] = Cell(glyph, Style(role, on: background))
    }
  }
}

extension ExplorerState {
  /// Blocks as the Blocks screen lists them: filtered, in the chosen order.
  package var orderedBlocks: [Int] {
    let blocks = run.summary?.blocks ?? []
    let wanted = blockFilter.lowercased()
    let kept = blocks.indices.filter {
      wanted.isEmpty || blocks[$0].shortName.lowercased().contains(wanted)
        || blocks[$0].role.rawValue.contains(wanted)
    }
    guard screen == .blocks, blockOrder != .block,
      let arm = (maskedArm ?? run.arms.indices.first).map({ run.arms[$0] })
    else { return isBlockOrderReversed && screen == .blocks ? kept.reversed() : kept }
    let sorted = kept.sorted { left, right in
      let (a, b) = (figure(blockOrder, of: left, in: arm), figure(blockOrder, of: right, in: arm))
      return a == b ? left < right : (a ?? -.infinity) > (b ?? -.infinity)
    }
    return isBlockOrderReversed ? sorted.reversed() : sorted
  }

  /// The figure of a column; nil where it does not apply.
  func figure(_ column: BlockColumn, of block: Int, in arm: ArmRecord) -> Double? {
    guard arm.blocks.latest.indices.contains(block) else { return nil }
    let latest = arm.blocks.latest[block]
    let value: Double?
    switch column {
    case .block: value = Double(block)
    case .maskRate: value = arm.blocks.history.maskRate(block: block)
    case .alignment: value = alignment(of: block, in: arm)
    case .scale: value = latest.map { Double($0.scale) }
    case .updateNorm: value = latest.map { Double($0.updateNorm) }
    case .distance: value = latest.map { Double($0.distance) }
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The alignment at the shown step.
  private func alignment(of block: Int, in arm: ArmRecord) -> Double? {
    blockAge(arm).flatMap { arm.blocks.history.cell(block: block, age: $0).alignment }
  }

  func text(_ column: BlockColumn, of block: Int, in arm: ArmRecord) -> String {
    let value = figure(column, of: block, in: arm)
    switch column {
    case .block: return run.summary?.blocks[block].shortName ?? "#\(block)"
    case .maskRate, .scale: return Shown.share(value, decimals: 3)
    case .alignment: return Shown.share(value)
    case .updateNorm: return Shown.rate(value)
    case .distance: return Shown.number(value)
    }
  }
}
