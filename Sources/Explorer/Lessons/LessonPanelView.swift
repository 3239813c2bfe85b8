import Charts
import History
import Lessons
import RunModel
import TerminalUI

/// The panel that a page speaks of, covered where the answer must not be seen yet.
struct LessonPanelView {
  private let state: ExplorerState
  private let panel: LessonPanel
  private let cover: Cover?

  init(state: ExplorerState, panel: LessonPanel) {
    self.panel = panel
    cover = state.lessons.cover(of: panel)
    var state = state
    // Nothing after the covered step is looked up at all.
    if let cover, state.history.newestStep > cover.after { state.settings.scrub = cover.after }
    self.state = state
  }

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    if let cover, cover.after == 0 {
      let inside = buffer.box(area, title: "covered")
      buffer.fill(inside, style: Style(.muted, on: .bar))
      return sayNothing("covered until the run has come out", on: &buffer, in: inside)
    }
    drawPanel(on: &buffer, in: area)
    guard let cover else { return }
    let text = " covered after step \(cover.after) "
    buffer.write(
      text, in: Rectangle(x: area.x, y: area.bottom - 1, width: area.width - 2, height: 1),
      align: .right, style: Style(.warning))
  }

  private func drawPanel(on buffer: inout CellBuffer, in area: Rectangle) {
    switch panel {
    case .loss: buffer.draw(LossPanel(state: state), in: area)
    case .runs: buffer.draw(LessonArmsTable(state: state), in: area)
    case .blocks: buffer.draw(LessonStepTable(state: state), in: area)
    case .spread: buffer.draw(SeedSpread(state: state), in: area)
    case .difference: buffer.draw(DifferencePanel(state: state), in: area)
    case .effectiveRate: buffer.draw(TracePanel(state: state, kind: .effectiveRate), in: area)
    case .alignmentCurve: buffer.draw(TracePanel(state: state, kind: .alignment), in: area)
    case .proposition: draw(.maskingCost, on: &buffer, in: area)
    case .plane: draw(.plane, on: &buffer, in: area)
    case .sweep: drawSweep(on: &buffer, in: area)
    case .maskRate:
      forEachArm(area) { arm, part in
        buffer.draw(MaskPanel(state: state, arm: arm), in: part)
      }
    case .alignment:
      forEachArm(area) { arm, part in
        buffer.draw(AlignmentPanel(state: state, arm: arm), in: part)
      }
    case .damping:
      forEachArm(area) { arm, part in
        buffer.draw(DampingPanel(state: state, arm: arm), in: part)
      }
    case .raster:
      forEachArm(area) { arm, part in
        buffer.draw(
          RasterPanel(
            state: state, arm: arm, blocks: state.rasterBlocks, selected: state.selectedBlock),
          in: part)
      }
    }
  }

  /// Masking arms beside one another, over one another where it is narrow, as many as fit.
  private func forEachArm(_ area: Rectangle, _ body: (ArmMoment?, Rectangle) -> Void) {
    let arms = state.shown.arms.filter(\.isMasking)
    guard !arms.isEmpty else { return body(nil, area) }
    let across = min(arms.count, max(1, area.width / 38))
    let parts =
      across > 1
      ? area.columns(Array(repeating: .share(1), count: across))
      : area.rows(
        Array(repeating: .share(1), count: min(arms.count, max(1, area.height / 7))))
    for (arm, part) in zip(arms, parts) { body(arm, part) }
  }

  private func draw(_ chart: BlockChart, on buffer: inout CellBuffer, in area: Rectangle) {
    guard let arm = state.shown.arms.first else { return }
    let scene = BlockScenes(state: state, arm: arm, size: area.size).scene(chart)
    guard !scene.marks.isEmpty else {
      let inside = buffer.box(area, title: scene.title)
      return sayNothing(scene.note ?? "nothing measured yet", on: &buffer, in: inside)
    }
    buffer.draw(ChartPanel(scene, letters: state.shown.arms.map(\.symbol), note: ""), in: area)
  }

  private func drawSweep(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let sweep = state.sweep, let chart = sweep.chart else {
      let inside = buffer.box(area, title: "sweep")
      return sayNothing("no cell is finished yet", on: &buffer, in: inside)
    }
    let (top, bottom) = area.cutBottom(min(sweep.arms.count + 2, area.height / 3))
    buffer.draw(ChartPanel(chart.scene(), letters: sweep.arms.map(\.letter), note: ""), in: top)
    let inside = buffer.box(bottom, title: "best of each arm")
    for (row, arm) in sweep.arms.prefix(inside.height).enumerated() {
      let edge = arm.edgeKeys.isEmpty ? "" : "   at the edge of the grid"
      let text = "\(arm.letter)  \(arm.best ?? "-")  \(Shown.loss(arm.bestLoss))\(edge)"
      buffer.write(text.shortened(to: inside.width), in: inside.row(row), style: Style(.text))
    }
  }
}

/// What every arm has come to, but for those that are covered.
struct LessonArmsTable: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "arms at step \(state.shown.step)")
    let columns: [Table.Column] = [
      .init("arm", priority: .max), .init("optimizer", priority: 1, minimumWidth: 12),
      .init("val loss", align: .right, priority: 9),
      .init("eff.lr, mean", align: .right, priority: 8),
      .init("mask rate", align: .right, priority: 5), .init("s", align: .right, priority: 4),
    ]
    let rows = state.shown.arms.filter { !state.lessons.coveredArms.contains($0.place) }.map(row)
    buffer.draw(Table(columns: columns, rows: rows), in: inside)
  }

  private func row(_ arm: ArmMoment) -> [TextLine] {
    let scale = arm.track?.row?.scale
    return [
      TextLine(arm.letter, .lane(arm.place), .bold), TextLine(arm.name),
      TextLine(Shown.loss(arm.newestLoss), .strong),
      TextLine(Shown.rate(arm.track?.meanEffectiveRate)),
      TextLine(arm.isMasking ? Shown.share(arm.track?.maskRate) : "-"),
      TextLine(arm.isMasking ? Shown.share(scale, decimals: 3) : "-"),
    ]
  }
}

/// The newest step of every block in numbers: alignment, score, damping, coin, displacement.
struct LessonStepTable: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "one step of every block, step \(state.shown.step)")
    guard state.shown.step > 0 else {
      return sayNothing("nothing has moved yet", on: &buffer, in: inside)
    }
    let columns: [Table.Column] = [
      .init("block", priority: .max), .init("arm", priority: .max),
      .init("cos", align: .right, priority: 9), .init("score", align: .right, priority: 7),
      .init("s", align: .right, priority: 8), .init("coin", priority: 10),
      .init("displacement", align: .right, priority: 6),
    ]
    let blocks = state.rasterBlocks
    let rows = blocks.flatMap { block in state.shown.arms.compactMap { row(block, $0) } }
    let selected = blocks.firstIndex(of: state.selectedBlock).map { $0 * state.shown.arms.count }
    buffer.draw(Table(columns: columns, rows: rows, selected: selected), in: inside)
  }

  private func row(_ block: Int, _ arm: ArmMoment) -> [TextLine]? {
    guard let row = arm.tally(block)?.row else { return nil }
    let coin =
      !row.isMasked ? "-" : row.keptShare == 0 ? "MASKED" : row.keptShare == 1 ? "kept" : "partly"
    return [
      TextLine(state.shown.blocks[block].shortName), TextLine(arm.letter, .lane(arm.place), .bold),
      TextLine(Shown.share(Double(row.alignment))),
      TextLine(Shown.share(Double(row.score), decimals: 3)),
      TextLine(row.isMasked ? Shown.share(Double(row.scale), decimals: 3) : "-", .strong),
      TextLine(coin, row.keptShare == 0 ? .warning : .text),
      TextLine(Shown.number(Double(row.updateNorm))),
    ]
  }
}

/// Where the seeds of the first arm ended, from the lowest loss up.
struct SeedSpread: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "validation loss of every seed")
    guard let arm = state.shown.arms.first else { return }
    let losses = arm.seeds.compactMap { seed in
      seed.evaluations.last?.validationLoss.map { (seed: seed.seed, loss: $0) }
    }.sorted { $0.loss < $1.loss }
    guard let least = losses.first?.loss, let most = losses.last?.loss, most > least else {
      return sayNothing(state.shown.absence ?? "no spread", on: &buffer, in: inside)
    }
    // Bars begin below the lowest, so that what differs is seen.
    let floor = least - 0.1 * (most - least)
    let rows = losses.map { entry in
      HistogramRows.Row(
        "seed \(entry.seed)  \(Shown.loss(entry.loss))", value: entry.loss - floor,
        role: .lane(arm.place))
    }
    buffer.draw(HistogramRows(rows), in: inside)
  }
}
