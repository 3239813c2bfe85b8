import History
import Metrics
import RunModel
import TerminalUI

/// Block by step: which updates were applied, the newest step at the right.
struct RasterPanel: Widget {
  let state: ExplorerState
  let arm: ArmMoment?
  let blocks: [Int]
  var isFocused = false
  var selected: Int?

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: title, note: "newest right", foot: glyphs.legend, focused: isFocused)
    guard let arm, arm.isMasking else {
      sayNothing("no mask: every update is applied", on: &buffer, in: inside)
      return
    }
    guard let raster = arm.track?.curves?.raster else {
      sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
      return
    }
    let glyphs = self.glyphs
    let labels = blocks.map { state.shown.blocks[$0].shortName }
    let width = min(14, (labels.map(\.columns).max() ?? 0)) + 1
    let first = scrollStart(height: inside.height)
    for (line, place) in (first..<blocks.count).prefix(inside.height).enumerated() {
      let row = inside.row(line)
      let isSelected = blocks[place] == selected
      if isSelected { buffer.fill(row, style: Style(.standard, on: .selection)) }
      buffer.write(
        labels[place].shortened(to: width - 1), x: row.x, y: row.y,
        style: Style(isSelected ? .strong : .muted, on: isSelected ? .selection : .standard))
      glyphs.draw(
        blocks[place], of: raster, isOver: state.shown.phase.isOver, on: &buffer,
        in: row.cutLeft(width).1, background: isSelected ? .selection : .standard)
    }
  }

  private var title: String {
    arm.map { "blocks x steps, \($0.letter) \($0.name)" } ?? "blocks x steps"
  }

  private var glyphs: RasterGlyphs {
    RasterGlyphs(state.options.glyphs, lane: arm.map { .lane($0.place) } ?? .kept)
  }

  private func scrollStart(height: Int) -> Int {
    guard let selected, let place = blocks.firstIndex(of: selected), blocks.count > height else {
      return 0
    }
    return min(max(0, place - height / 2), blocks.count - height)
  }
}

extension BlockHistory {
  /// Columns of a raster left free for coming steps: the picture moves on in leaps of about a third of
  /// its width, since a picture that creeps would have to be sent whole with every frame.
  func lead(width: Int) -> Int {
    guard width >= 24 else { return 0 }
    let leap = width * 2 / 5 / 4 * 4
    return (leap - (newestStep ?? 0) % leap) % leap
  }
}

/// What stands for a kept, a masked and an excluded update.
struct RasterGlyphs {
  let kept, mostlyKept, partlyKept, masked, excluded: Unicode.Scalar
  /// The colour of the arm whose updates they are.
  let lane: Role

  init(_ tier: GlyphTier, lane: Role) {
    self.lane = lane
    let isASCII = tier.isASCII
    kept = isASCII ? "#" : "█"
    mostlyKept = isASCII ? "+" : "▓"
    partlyKept = isASCII ? "-" : "░"
    masked = isASCII ? "." : "·"
    excluded = isASCII ? "x" : "─"
  }

  /// What stands for what, for the lower edge of a panel.
  var legend: [TextLine] {
    [
      TextLine([TextRun("\(kept)", lane), TextRun(" applied", .muted)]),
      TextLine([TextRun("\(masked)", .masked), TextRun(" masked", .muted)]),
      TextLine([TextRun("\(excluded)", .excluded), TextRun(" not masked", .muted)]),
    ]
  }

  /// The last steps of a block in one row, the newest at the right; none are to come when it is over.
  func draw(
    _ block: Int, of raster: BlockHistory, isOver: Bool, on buffer: inout CellBuffer,
    in row: Rectangle, background: Role
  ) {
    let room = row.width - (isOver ? 0 : raster.lead(width: row.width))
    for column in 0..<room {
      let cell = raster.cell(block: block, age: room - 1 - column)
      guard let (glyph, role) = glyph(of: cell) else { continue }
      buffer[row.x + column, row.y] = Cell(glyph, Style(role, on: background))
    }
  }

  private func glyph(of cell: BlockCell) -> (Unicode.Scalar, Role)? {
    switch cell.state {
    case .missing: nil
    case .excluded: (excluded, .excluded)
    case .kept: (cell.keptShare > 0.99 ? kept : mostlyKept, lane)
    case .masked: cell.keptShare < 0.01 ? (masked, .masked) : (partlyKept, lane)
    }
  }
}

extension ExplorerState {
  /// Blocks for a raster: the masked ones first, as many as there are.
  var rasterBlocks: [Int] {
    let moment = shown
    guard let arm = distributedArm else { return Array(moment.blocks.indices) }
    let first = Set(moment.readBlocks(of: arm))
    return moment.blocks.indices.filter(first.contains)
      + moment.blocks.indices.filter { !first.contains($0) }
  }
}
