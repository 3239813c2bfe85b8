import Charts
import RunModel
import Statistics
import TerminalUI

/// Screen 4: final loss against the swept value, the near-best ranges, and the verdicts.
struct SweepScreen {
  let state: ExplorerState

  func drawInvitation(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "sweep", note: "Enter: set one up")
      .inset(horizontally: 1, vertically: 0)
    buffer.draw(ScrollText(SweepText.invitation(width: inside.width)), in: inside)
  }

  /// Progress, and where a second row fits, what was declared.
  func drawStatus(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let sweep = state.sweep else { return }
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

  func drawChart(on buffer: inout CellBuffer, in area: Rectangle, isFocused: Bool) {
    guard let sweep = state.sweep else { return }
    let letters = sweep.arms.map(\.letter)
    guard let chart = sweep.chart else {
      let inside = buffer.box(area, title: "final loss", focused: isFocused)
      let reason = sweep.grids.count > 1 ? "several keys: see the table of arms" : "no cell yet"
      sayNothing(reason, on: &buffer, in: inside)
      return
    }
    var scene = chart.scene()
    let isEmpty = chart.curves.allSatisfy(\.points.isEmpty)
    scene.note = isEmpty ? "no cell finished yet" : nil
    buffer.draw(
      ChartPanel(
        scene, letters: letters, isFocused: isFocused, note: "median of seeds",
        foot: [TextLine("capital: best", .muted), TextLine("x: diverged", .muted)]), in: area)
  }

  func drawArms(on buffer: inout CellBuffer, in area: Rectangle, isFocused: Bool) {
    guard let sweep = state.sweep else { return }
    let inside = buffer.box(
      area, title: "best of each", note: area.width >= 60 ? "near-best: within .05" : "",
      focused: isFocused)
    let columns: [Table.Column] = [
      Table.Column("arm", priority: .max), Table.Column("best", priority: 10),
      Table.Column("loss", align: .right, priority: 9), Table.Column("near-best", priority: 7),
      Table.Column("diverged", align: .right, priority: 6), Table.Column("", priority: 8),
    ]
    let room = inside.width >= 100 ? 28 : inside.width >= 70 ? 22 : 14
    let rows = sweep.arms.enumerated().map { row($0.element, index: $0.offset, nameRoom: room) }
    let isCut = rows.count + 1 > inside.height
    let (table, rest) = inside.cutTop(isCut ? inside.height - 1 : rows.count + 1)
    buffer.draw(Table(columns: columns, rows: rows, gap: inside.width >= 76 ? 2 : 1), in: table)
    if isCut {
      let text = "\(rows.count - table.height + 1) more (f: full)"
      buffer.write(text, in: rest.row(0), style: Style(.muted))
    }
    let edged = sweep.arms.filter { !$0.edgeKeys.isEmpty }
    guard !edged.isEmpty, rest.height >= 3 else { return }
    let text =
      "edge: the best of \(edged.map { String($0.letter) }.joined(separator: ", ")) lies at the end "
      + "of the grid. A better value may lie beyond: E extends the grid."
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

  func drawVerdict(on buffer: inout CellBuffer, in area: Rectangle, isFocused: Bool) {
    guard let sweep = state.sweep else { return }
    let inside = buffer.box(
      area, title: "verdict", note: sweep.verdicts.isEmpty ? "" : "v: in full",
      focused: isFocused
    ).inset(horizontally: 1, vertically: 0)
    buffer.draw(ScrollText(SweepText.verdict(sweep, width: inside.width)), in: inside)
  }
}
