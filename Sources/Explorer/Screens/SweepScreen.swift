import Charts
import RunModel
import Statistics
import TerminalUI

/// Screen 4: final loss against the swept value, the near-best ranges, and the verdicts.
struct SweepScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    guard let sweep = state.sweep else { return drawInvitation(on: &buffer) }
    drawStatus(sweep, on: &buffer, in: layout.sweepStatus)
    for (pane, area) in layout.places {
      switch pane {
      case .runs: drawArms(sweep, on: &buffer, in: area)
      case .verdict: drawVerdict(sweep, on: &buffer, in: area)
      case .loss, .mask, .alignment, .blocks: drawChart(sweep, on: &buffer, in: area)
      }
    }
  }

  private func isFocused(_ pane: Pane) -> Bool {
    layout.sizeClass != .narrow && state.pane == pane
  }

  private func drawInvitation(on buffer: inout CellBuffer) {
    let inside = buffer.box(layout.body, title: "sweep", note: "Enter: set one up")
      .inset(horizontally: 1, vertically: 0)
    buffer.draw(ScrollText(SweepText.invitation(width: inside.width)), in: inside)
  }

  /// Progress, and where a second row fits, what was declared.
  private func drawStatus(
    _ sweep: SweepPicture, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let line = SweepText.status(sweep, room: area.width)
    line.draw(on: &buffer, in: area.row(0))
    let rest = area.row(0).cutLeft(line.columns + 2).1
    if sweep.total > 0, rest.width >= 8 {
      let share = Double(sweep.done) / Double(sweep.total)
      buffer.draw(Gauge(share, label: "\(Int(100 * share))%"), in: rest)
    }
    guard area.height > 1, !sweep.grids.isEmpty else { return }
    buffer.write(
      SweepText.declaration(sweep).shortened(to: area.width), in: area.row(1), style: Style(.muted))
  }

  private func drawChart(
    _ sweep: SweepPicture, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let letters = sweep.arms.map(\.letter)
    guard let chart = sweep.chart else {
      let inside = buffer.box(area, title: "final loss", focused: isFocused(.loss))
      let reason = sweep.grids.count > 1 ? "several keys: see the table of arms" : "no cell yet"
      sayNothing(reason, on: &buffer, in: inside)
      return
    }
    var scene = chart.scene()
    let isEmpty = chart.curves.allSatisfy(\.points.isEmpty)
    scene.note = isEmpty ? "no cell finished yet" : nil
    let note = area.width >= 60 ? "median of seeds   A best of a   x diverged" : ""
    buffer.draw(
      ChartPanel(scene, letters: letters, isFocused: isFocused(.loss), note: note), in: area)
  }

  private func drawArms(
    _ sweep: SweepPicture, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let inside = buffer.box(
      area, title: "best of each", note: area.width >= 60 ? "near-best: within .05" : "",
      focused: isFocused(.runs))
    let columns: [Table.Column] = [
      Table.Column("arm", priority: .max), Table.Column("best", priority: 10),
      Table.Column("loss", align: .right, priority: 9), Table.Column("near-best", priority: 7),
      Table.Column("diverged", align: .right, priority: 6), Table.Column("", priority: 8),
    ]
    let room = inside.width >= 100 ? 28 : inside.width >= 70 ? 22 : 14
    let rows = sweep.arms.enumerated().map { row($0.element, index: $0.offset, nameRoom: room) }
    let (table, rest) = inside.cutTop(rows.count + 1)
    buffer.draw(Table(columns: columns, rows: rows, gap: inside.width >= 76 ? 2 : 1), in: table)
    let edged = sweep.arms.filter { !$0.edgeKeys.isEmpty }
    guard !edged.isEmpty, rest.height >= 3 else { return }
    let text =
      "edge: the best of \(edged.map { String($0.letter) }.joined(separator: ", ")) lies at the end "
      + "of the grid. A better value may lie beyond: extend the grid."
    buffer.draw(
      ScrollText(VerdictLines.wrapped(text, .warning, rest.width)), in: rest.cutTop(1).1)
  }

  private func row(_ arm: SweepPicture.Arm, index: Int, nameRoom: Int) -> [TextLine] {
    let lane = Role.lane(index)
    let hasDiverged = arm.divergedShare > 0
    return [
      TextLine([
        TextRun("\(arm.letter) ", lane, .bold), TextRun(arm.name.shortened(to: nameRoom), .text),
      ]),
      TextLine(arm.best ?? "-", .strong), TextLine(Shown.loss(arm.bestLoss)),
      TextLine(arm.range, .muted),
      TextLine(NumberText.percent(arm.divergedShare), hasDiverged ? .warning : .muted),
      TextLine(arm.edgeKeys.isEmpty ? "" : "edge", .warning),
    ]
  }

  private func drawVerdict(
    _ sweep: SweepPicture, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let inside = buffer.box(
      area, title: "verdict", note: sweep.verdicts.isEmpty ? "" : "v: in full",
      focused: isFocused(.verdict)
    ).inset(horizontally: 1, vertically: 0)
    buffer.draw(ScrollText(SweepText.verdict(sweep, width: inside.width)), in: inside)
  }
}

extension ScreenLayout {
  /// Progress above the panels of the Sweep screen.
  var sweepStatus: Rectangle { body.cutTop(sizeClass == .narrow ? 1 : 2).0 }

  /// The panes of the Sweep screen: chart and arms side by side where both fit, verdict below.
  var sweepPlaces: [(pane: Pane, area: Rectangle)] {
    let rest = body.cutTop(sweepStatus.height).1
    switch sizeClass {
    case .narrow: return [(focused, rest)]
    case .compact:
      let rows = rest.rows([.share(1), .cells(sweptRows), .cells(rest.height >= 17 ? 6 : 5)])
      return [(.loss, rows[0]), (.runs, rows[1]), (.verdict, rows[2])]
    case .medium, .large:
      let isLarge = sizeClass == .large
      let rows = rest.rows([.share(1), .cells(isLarge ? 16 : 12)])
      let upper = rows[0].columns([.share(1), .cells(isLarge ? 84 : 66)])
      return [(.loss, upper[0]), (.runs, upper[1]), (.verdict, rows[1])]
    }
  }
}
