import Charts
import History
import Metrics
import RunModel
import TerminalUI

/// Screen 1: how the arms train, and what their masks do.
struct LiveScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    for (pane, area) in layout.places { draw(pane, on: &buffer, in: area) }
    if let area = layout.dampingArea {
      buffer.draw(DampingPanel(state: state, arm: arm), in: area)
    }
  }

  private var arm: ArmMoment? { state.distributedArm }

  private func draw(_ pane: Pane, on buffer: inout CellBuffer, in area: Rectangle) {
    let isFocused = state.pane == pane
    switch pane {
    case .loss: buffer.draw(LossPanel(state: state), in: area)
    case .runs: drawRuns(on: &buffer, in: area)
    case .mask: buffer.draw(MaskPanel(state: state, arm: arm, isFocused: isFocused), in: area)
    case .alignment:
      buffer.draw(AlignmentPanel(state: state, arm: arm, isFocused: isFocused), in: area)
    case .blocks: drawBlocks(on: &buffer, in: area)
    case .verdict: buffer.draw(VerdictPanel(state: state), in: area)
    }
  }

  /// In a large window the paired difference stands under the table.
  private func drawRuns(on buffer: inout CellBuffer, in area: Rectangle) {
    guard layout.sizeClass == .large else {
      buffer.draw(RunsPanel(state: state), in: area)
      return
    }
    let parts = area.rows([.share(1), .cells(12)])
    buffer.draw(RunsPanel(state: state), in: parts[0])
    buffer.draw(DifferencePanel(state: state), in: parts[1])
  }

  /// The raster, beside it what the room allows.
  private func drawBlocks(on buffer: inout CellBuffer, in area: Rectangle) {
    let side = area.width >= 160 ? 86 : area.width >= 100 ? 46 : 0
    let (left, right) = area.cutRight(side)
    let isFocused = state.pane == .blocks
    buffer.draw(
      RasterPanel(
        state: state, arm: arm, blocks: state.rasterBlocks, isFocused: isFocused,
        selected: isFocused ? state.selectedBlock : nil),
      in: left)
    guard side > 0 else { return }
    guard layout.sizeClass == .large else {
      buffer.draw(DifferencePanel(state: state), in: right)
      return
    }
    let parts = right.columns([.share(1), .share(1)])
    buffer.draw(TracePanel(state: state, kind: .alignment), in: parts[0])
    buffer.draw(TracePanel(state: state, kind: .effectiveRate), in: parts[1])
  }
}

/// The paired difference of the two compared arms over the run.
struct DifferencePanel: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      let inside = buffer.box(area, title: "difference")
      sayNothing("one arm: nothing to compare", on: &buffer, in: inside)
      return
    }
    var chart = DifferenceChart(
      samples: PairedCurve(left, right).samples,
      first: left.symbol, second: right.symbol, secondArm: right.place)
    chart.declaredEnd = Double(state.shown.budget)
    chart.valueLabel = state.shown.configuration.lossUnit.label
    let title = "difference \(right.letter)-\(left.letter)"
    let note = "below 0: \(right.letter) lower"
    buffer.draw(
      ChartPanel(
        chart.scene(), letters: state.shown.arms.map(\.symbol), title: title,
        note: area.width >= title.columns + note.columns + 10 ? note : ""), in: area)
  }
}

/// A per-step figure of all arms over the run.
struct TracePanel: Widget {
  enum Kind { case alignment, effectiveRate, maskRate }

  let state: ExplorerState
  let kind: Kind
  var arms: [Int]?
  var title: String?
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let moment = state.shown
    let shown = (arms ?? Array(moment.arms.indices)).map { moment.arms[$0] }
      .filter { kind != .maskRate || $0.isMasking }
    let traces = shown.compactMap { arm in
      arm.track?.curves.map {
        TraceChart.Trace(
          letter: arm.symbol, name: arm.name, arm: arm.place, series: series($0),
          axisMap: state.axisMap(arm, moment))
      }
    }
    var chart = TraceChart(title: name, valueLabel: "", traces: traces)
    chart.smoothing = kind == .effectiveRate ? .none : state.settings.smoothing
    chart.axis = state.settings.axis
    chart.zoom = state.zoomRange
    chart.declaredEnd = state.settings.axis == .step ? Double(moment.budget) : nil
    chart.columnCount = max(16, area.width * 2)
    chart.cursorStep = state.settings.crosshair.map(Double.init)
    if kind == .alignment, let null = shown.first(where: \.isMasking)?.alignmentNull {
      chart.reference = (null, "pure noise \(Shown.share(null, decimals: 3))")
    }
    var scene = chart.scene()
    if kind != .effectiveRate { scene.marks.removeAll(where: isRaw) }
    if traces.isEmpty { scene.note = moment.absence ?? "no masked arm" }
    buffer.draw(
      ChartPanel(
        scene, letters: moment.arms.map(\.symbol), isFocused: isFocused, title: title ?? name,
        note: ""), in: area)
  }

  /// Single steps are so noisy that they would fill the small panel.
  private func isRaw(_ mark: ChartMark) -> Bool {
    guard state.settings.smoothing != .none, case .line(let line) = mark else { return false }
    return line.stroke == .thin && line.letter == nil
  }

  private var name: String {
    switch kind {
    case .alignment: "alignment over the run"
    case .effectiveRate: "effective learning rate"
    case .maskRate: "mask rate over the run"
    }
  }

  private func series(_ curves: ArmCurves) -> MetricSeries {
    switch kind {
    case .alignment: curves.alignment
    case .effectiveRate: curves.effectiveRate
    case .maskRate: curves.maskRate
    }
  }
}
