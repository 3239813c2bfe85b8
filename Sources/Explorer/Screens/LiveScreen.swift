import Charts
import History
import Metrics
import RunModel
import TerminalUI

/// The paired difference of the two compared arms over the run.
struct DifferencePanel: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      let inside = buffer.box(area, title: "difference of losses", focused: isFocused)
      sayNothing("one arm: nothing to compare", on: &buffer, in: inside)
      return
    }
    var chart = DifferenceChart(
      samples: PairedCurve(left, right).samples,
      first: left.symbol, second: right.symbol, secondArm: right.place)
    chart.declaredEnd = Double(state.shown.budget)
    follow(right, &chart)
    chart.valueLabel = state.shown.configuration.lossUnit.label
    let title = "loss of \(right.letter) minus that of \(left.letter)"
    let newest = Shown.difference(PairedCurve(left, right).last?.difference)
    var foot = [TextLine("below 0: \(right.letter) is lower", .muted)]
    if state.shown.configuration.seeds > 1 {
      foot.append(TextLine("band: 95 % interval", .muted))
    }
    buffer.draw(
      ChartPanel(
        chart.scene(), letters: state.shown.arms.map(\.symbol), isFocused: isFocused,
        title: title, note: newest, foot: foot), in: area)
  }

  /// The axis and the stretch of the loss chart; not in seconds, which paired arms do not share.
  private func follow(_ arm: ArmMoment, _ chart: inout DifferenceChart) {
    let axis = state.settings.axis
    guard axis == .step || axis == .tokens else { return }
    let map = state.axisMap(arm, state.shown)
    (chart.axis, chart.zoom) = (axis, state.zoomRange)
    chart.declaredEnd = chart.declaredEnd.map(map.place(ofStep:))
    for place in chart.samples.indices {
      chart.samples[place].x = map.place(ofStep: chart.samples[place].x)
    }
  }
}

/// A per-step figure of all arms over the run.
struct TracePanel: Widget {
  enum Kind { case alignment, effectiveRate, maskRate, scale }

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
    if kind == .alignment, let noise = shown.compactMap(\.alignmentNull).first {
      chart.reference = (noise, "")
    }
    var scene = chart.scene()
    if kind != .effectiveRate { scene.marks.removeAll(where: isRaw) }
    if traces.allSatisfy(\.series.isEmpty) { scene.note = moment.absence ?? "not measured" }
    buffer.draw(
      ChartPanel(
        scene, letters: moment.arms.map(\.symbol), isFocused: isFocused, title: title ?? name,
        note: "", foot: foot(shown, traces)), in: area)
  }

  /// The newest value of every arm, and the level of pure noise.
  private func foot(_ arms: [ArmMoment], _ traces: [TraceChart.Trace]) -> [TextLine] {
    var parts = traces.compactMap { trace -> TextLine? in
      guard let newest = trace.series.newest else { return nil }
      let value = newest.smoothed(kind == .effectiveRate ? .none : state.settings.smoothing)
      let text =
        kind == .effectiveRate ? Shown.rate(value) : Shown.share(value, decimals: 3)
      return TextLine([
        TextRun("\(trace.letter) ", .lane(trace.arm), .bold), TextRun(text, .muted),
      ])
    }
    if kind == .alignment, let noise = arms.compactMap(\.alignmentNull).first {
      parts.insert(
        TextLine("dashed: pure noise \(Shown.share(noise, decimals: 3))", .expectation), at: 0)
    }
    return parts
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
    case .scale: "damping factors"
    }
  }

  private func series(_ curves: ArmCurves) -> MetricSeries {
    switch kind {
    case .alignment: curves.alignment
    case .effectiveRate: curves.effectiveRate
    case .maskRate: curves.maskRate
    case .scale: curves.scale
    }
  }
}
