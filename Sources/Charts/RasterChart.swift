import Metrics

/// Which blocks were updated in the last steps: one row per block, the newest step at the right.
package struct RasterChart: Sendable {
  package enum Shading: Sendable, Equatable {
    /// Kept or masked.
    case mask
    /// The alignment of momentum and gradient, from −1 (empty) to 1 (full).
    case alignment
  }

  package var title: String
  package var history: BlockHistory
  package var blockNames: [String]
  /// Which blocks are shown, in order from the top; block indices.
  package var blocks: [Int]
  package var columnCount: Int
  /// How many steps before the newest the right border lies, for scrubbing.
  package var age = 0
  package var shading = Shading.mask

  package init(title: String, history: BlockHistory, blockNames: [String], columnCount: Int) {
    (self.title, self.history) = (title, history)
    (self.blockNames, self.columnCount) = (blockNames, max(columnCount, 1))
    blocks = Array(0..<history.blockCount)
  }

  /// The raster; rows count from the bottom, so the first block is the last row.
  package func scene() -> ChartScene {
    let shown = Array(blocks.reversed())
    let names = shown.map { blockNames.indices.contains($0) ? blockNames[$0] : "#\($0)" }
    var scene = ChartScene(
      title: title, settings: ["# kept  . masked", "last \(columnCount) steps"],
      xAxis: ChartAxis("step", Scale(.linear, from: 0, to: Double(columnCount))),
      yAxis: .categorical("block", names))
    scene.marks = [.cells(CellsMark(rows: shown.map(row)))]
    if history.stepCount == 0 { scene.note = "no step yet" }
    return scene
  }

  private func row(_ block: Int) -> [CellsMark.Cell?] {
    (0..<columnCount).map { column in
      cell(history.cell(block: block, age: columnCount - 1 - column + age))
    }
  }

  private func cell(_ cell: BlockCell) -> CellsMark.Cell? {
    switch (shading, cell.state) {
    case (_, .missing): return nil
    case (.mask, .kept): return CellsMark.Cell(tone: .kept, strength: cell.keptShare)
    case (.mask, .masked): return CellsMark.Cell(tone: .masked, strength: cell.keptShare)
    case (.mask, .excluded): return CellsMark.Cell(tone: .excluded, strength: 1)
    case (.alignment, let state):
      let tone: Tone = state == .excluded ? .excluded : state == .kept ? .kept : .masked
      return cell.alignment.map { CellsMark.Cell(tone: tone, strength: ($0 + 1) / 2) }
    }
  }
}
