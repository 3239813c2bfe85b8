import Charts
import History
import RunModel
import TerminalUI

/// Screen 2: two arms as two columns of the same panels, and what lies between them.
struct CompareScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      sayNothing("one arm: nothing to compare (n: add one)", on: &buffer, in: layout.body)
      return
    }
    let rows = heights(layout.body)
    for (index, row) in rows.panels.enumerated() {
      let columns = row.columns([.share(1), .share(1)])
      draw(panes[index], left, other: right, on: &buffer, in: columns[0])
      draw(panes[index], right, other: left, on: &buffer, in: columns[1])
    }
    drawBetween(left, right, on: &buffer, in: rows.between)
  }

  /// The rows of panels: all three, or in a narrow window the focused one.
  private var panes: [Pane] {
    guard layout.sizeClass == .narrow else { return [.loss, .mask, .alignment] }
    return [[.loss, .mask, .alignment].contains(state.pane) ? state.pane : .loss]
  }

  private func heights(_ body: Rectangle) -> (panels: [Rectangle], between: Rectangle) {
    let extents: [Extent] =
      switch layout.sizeClass {
      case .narrow: [.share(1), .cells(2)]
      case .compact: [.share(1), .cells(5), .cells(5), .cells(2)]
      case .medium: [.share(1), .cells(7), .cells(7), .cells(9)]
      case .large: [.share(1), .cells(11), .cells(11), .cells(14)]
      }
    let rows = body.rows(extents)
    return (Array(rows.dropLast()), rows[rows.count - 1])
  }

  private func draw(
    _ pane: Pane, _ arm: ArmMoment, other: ArmMoment, on buffer: inout CellBuffer,
    in area: Rectangle
  ) {
    switch pane {
    case .mask: buffer.draw(MaskPanel(state: state, arm: arm), in: area)
    case .alignment: buffer.draw(AlignmentPanel(state: state, arm: arm), in: area)
    case .loss, .runs, .blocks, .verdict: drawLoss(arm, other: other, on: &buffer, in: area)
    }
  }

  /// The arm's curves on the axes of both, the other arm's behind it without colour.
  private func drawLoss(
    _ arm: ArmMoment, other: ArmMoment, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    var scene = state.lossScene(arms: [other.place, arm.place], width: area.width - 8)
    scene.marks = scene.marks.compactMap { behind($0, arm: other.place) }
    let figures = ArmFigures(arm, state.shown, state.settings.smoothing)
    let value = "val \(Shown.loss(figures.validation))"
    let rate = "eff.lr \(Shown.rate(figures.effectiveRate))"
    let note = area.width >= 56 ? "\(value)  \(rate)" : area.width >= 34 ? value : ""
    buffer.draw(
      ChartPanel(
        scene, letters: state.shown.arms.map(\.symbol), title: "\(arm.letter) \(arm.name)",
        note: note), in: area)
  }

  /// Of the arm in the background only its leading curve is kept, thin and without a letter.
  private func behind(_ mark: ChartMark, arm: Int) -> ChartMark? {
    switch mark {
    case .line(var line) where line.tone == .arm(arm):
      guard line.stroke == .thick else { return nil }
      (line.tone, line.stroke, line.letter) = (.neutral, .thin, nil)
      return .line(line)
    case .band(let band) where band.tone == .arm(arm): return nil
    case .points(let points) where points.tone == .arm(arm): return nil
    case .line, .band, .points, .rule, .bars, .cells: return mark
    }
  }

  private func drawBetween(
    _ left: ArmMoment, _ right: ArmMoment, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    guard area.height >= 6 else {
      drawInWords(left, right, on: &buffer, in: area)
      return
    }
    let wide = area.width >= 150
    let columns = area.columns(wide ? [.share(1), .share(1), .share(1)] : [.share(1), .share(1)])
    buffer.draw(DifferencePanel(state: state), in: columns[0])
    if wide {
      buffer.draw(
        TracePanel(state: state, kind: .effectiveRate, arms: [left.place, right.place]),
        in: columns[1])
    }
    drawSettings(on: &buffer, in: columns[columns.count - 1])
  }

  /// Two lines where there is no room for charts.
  private func drawInWords(
    _ left: ArmMoment, _ right: ArmMoment, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let point = PairedCurve(left, right).last
    var line = TextLine()
    line.append("\(right.letter)-\(left.letter) ", .muted)
    line.append(Shown.difference(point?.difference), .strong, .bold)
    let unit = state.shown.configuration.lossUnit.suffix
    line.append(point.map { "\(unit) at step \($0.step)" } ?? "", .text)
    if area.width >= 60 { line.append("   below 0: \(right.letter) is lower   c: swap", .muted) }
    line.draw(on: &buffer, in: area.row(0))
    let settings = DifferenceText.rows(left.specification, right.specification, state.catalog)
      .filter(\.isDifferent).map { "\($0.key) \($0.left)/\($0.right)" }
    let text = settings.isEmpty ? "same settings" : settings.joined(separator: "  ")
    buffer.write(text.shortened(to: area.width), in: area.row(1), style: Style(.muted))
  }

  private func drawSettings(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: "settings that differ", note: "d: all  c: swap")
    for (index, line) in DifferenceText.lines(state).prefix(inside.height).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
  }
}
