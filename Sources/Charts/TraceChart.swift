import Metrics

/// A dense metric of several arms over the run, such as alignment, with a line it is read against.
package struct TraceChart: Sendable {
  package struct Trace: Sendable {
    package var letter: Character
    package var name: String
    package var arm: Int
    package var series: MetricSeries
    package var axisMap: AxisMap

    package init(
      letter: Character, name: String, arm: Int, series: MetricSeries, axisMap: AxisMap = .steps
    ) {
      (self.letter, self.name, self.arm) = (letter, name, arm)
      (self.series, self.axisMap) = (series, axisMap)
    }
  }

  package var title: String
  package var valueLabel: String
  package var traces: [Trace]
  package var smoothing = SmoothingLevel.medium
  package var axis = AxisKind.step
  package var isLogY = false
  package var zoom: ClosedRange<Double>?
  package var declaredEnd: Double?
  /// A value drawn right across, such as the alignment of pure noise, and its label.
  package var reference: (value: Double, label: String)?
  /// Steps before this one are not settled yet; a rule marks it.
  package var settledStep: Double?
  package var cursorStep: Double?
  package var columnCount = 240

  package init(title: String, valueLabel: String, traces: [Trace]) {
    (self.title, self.valueLabel, self.traces) = (title, valueLabel, traces)
  }

  /// The chart: the scaffolding of a loss chart with a reference line.
  package func scene() -> ChartScene {
    var options = LossChart.Options()
    (options.smoothing, options.axis, options.isLogY) = (smoothing, axis, isLogY)
    (options.zoom, options.declaredEnd) = (zoom, declaredEnd)
    (options.cursorStep, options.columnCount) = (cursorStep, columnCount)
    let curves = traces.map { trace in
      var curve = LossChart.Curve(letter: trace.letter, name: trace.name, arm: trace.arm)
      (curve.training, curve.axisMap) = (trace.series, trace.axisMap)
      return curve
    }
    var chart = LossChart(title: title, curves: curves, options: options)
    chart.valueLabel = valueLabel
    var scene = chart.scene()
    addReferences(to: &scene)
    return scene
  }

  private func addReferences(to scene: inout ChartScene) {
    if let settledStep {
      let place = (traces.first?.axisMap ?? .steps).place(ofStep: settledStep)
      scene.marks.insert(
        .rule(RuleMark(.vertical(place), label: "settled", tone: .neutral)), at: 0)
    }
    guard let reference else { return }
    let scale = scene.yAxis.scale
    if !scale.contains(reference.value) {
      scene.yAxis.scale = Scale(
        scale.kind, from: min(scale.lowerBound, reference.value),
        to: max(scale.upperBound, reference.value)
      ).padded(by: 0.03)
    }
    let rule = RuleMark(
      .horizontal(reference.value), label: reference.label, tone: .expectation)
    scene.marks.insert(.rule(rule), at: 0)
  }
}
