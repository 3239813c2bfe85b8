import Metrics

/// Curves of all arms over the run: raw thin, smoothed thick, evaluations as points, intervals.
package struct LossChart: Sendable {
  /// One arm's curves; steps count along x.
  package struct Curve: Sendable {
    package var letter: Character
    package var name: String
    /// The arm's number in the run, for its colour.
    package var arm: Int
    /// Dense samples, one per step.
    package var training: MetricSeries?
    /// Sparse samples, one per evaluation.
    package var validation: MetricSeries?
    /// An interval over seeds at some steps.
    package var band: [BandMark.Edge] = []
    package var axisMap = AxisMap.steps
    package var divergedAtStep: Double?

    package init(letter: Character, name: String, arm: Int) {
      (self.letter, self.name, self.arm) = (letter, name, arm)
    }
  }

  /// What the keys change.
  package struct Options: Sendable, Equatable {
    package var smoothing = SmoothingLevel.medium
    package var isLogY = true
    package var isLogX = false
    package var showsRaw = true
    package var showsBands = true
    package var clipsOutliers = true
    package var axis = AxisKind.step
    /// The stretch of the axis that is shown, in its units; nil for all of it.
    package var zoom: ClosedRange<Double>?
    /// The stretch the axis covers at least, such as up to the declared budget.
    package var declaredEnd: Double?
    /// A step under the cursor.
    package var cursorStep: Double?
    /// Columns the curves are gathered into; twice the text columns suits braille.
    package var columnCount = 240

    package init() {}
  }

  package var title: String
  package var curves: [Curve]
  package var options: Options
  /// The lowest loss any model can reach.
  package var entropyFloor: Double?
  package var events: [EventMark] = []
  /// The name of the vertical axis, with its unit.
  package var valueLabel = "nats"

  package init(title: String, curves: [Curve], options: Options = Options()) {
    (self.title, self.curves, self.options) = (title, curves, options)
  }

  /// The chart; costs O(curves · columns · log) whatever the length of the run.
  package func scene() -> ChartScene {
    let xScale = horizontalScale
    let drawn = curves.map { CurveMarks($0, options: options, xScale: xScale) }
    // A logarithmic axis would hide what is below zero.
    let isLogY = options.isLogY && !drawn.contains { $0.values.contains { $0 < 0 } }
    let yScale = verticalScale(drawn, isLogY: isLogY)
    var scene = ChartScene(
      title: title, settings: settings(isLogY: isLogY),
      xAxis: ChartAxis(options.axis.label, xScale),
      yAxis: ChartAxis(valueLabel, yScale))
    scene.marks = ruleMarks + drawn.flatMap(\.bands) + drawn.flatMap(\.raw)
    scene.marks += drawn.flatMap(\.leading) + drawn.compactMap { $0.divergence(yScale) }
    scene.legend = curves.map { LegendEntry(letter: $0.letter, name: $0.name, tone: .arm($0.arm)) }
    if drawn.allSatisfy(\.isEmpty) { scene.note = "no data yet" }
    return scene
  }

  private func settings(isLogY: Bool) -> [String] {
    var settings = [options.axis.label]
    if options.isLogX { settings.append("log x") }
    if isLogY { settings.append("log y") }
    if options.smoothing != .none {
      settings.append("EMA " + NumberFormat.compact(options.smoothing.decay))
    }
    if options.clipsOutliers { settings.append("y clipped to 1-99 %") }
    return settings
  }

  private var horizontalScale: Scale {
    let kind: Scale.Kind = options.isLogX ? .logarithmic : .linear
    if let zoom = options.zoom { return Scale(kind, from: zoom.lowerBound, to: zoom.upperBound) }
    var ends = curves.flatMap { curve in
      [curve.training?.domain, curve.validation?.domain].compactMap { $0 }.flatMap {
        [$0.lowerBound, $0.upperBound].map(curve.axisMap.place(ofStep:))
      }
    }
    ends += [options.declaredEnd ?? .nan, options.isLogX ? .nan : 0]
    if options.isLogX { ends += curves.map { $0.axisMap.place(ofStep: 1) } }
    return .holding(ends, kind)
  }

  private func verticalScale(_ drawn: [CurveMarks], isLogY: Bool) -> Scale {
    let kind: Scale.Kind = isLogY ? .logarithmic : .linear
    var values = drawn.flatMap(\.values).filter { $0.isFinite && (!isLogY || $0 > 0) }
    if options.clipsOutliers { values = Quantiles.bulk(of: values) }
    values += drawn.flatMap(\.bandValues)
    if let entropyFloor, !values.isEmpty { values.append(entropyFloor) }
    return Scale.holding(values, kind).padded(by: 0.03)
  }

  private var ruleMarks: [ChartMark] {
    var rules: [ChartMark] = []
    if let entropyFloor {
      let label = "floor " + NumberFormat.fixed(entropyFloor, decimals: 3)
      rules.append(.rule(RuleMark(.horizontal(entropyFloor), label: label, tone: .expectation)))
    }
    let map = curves.first?.axisMap ?? .steps
    rules += events.map { event in
      let place = map.place(ofStep: Double(event.step))
      let label = "#\(event.number) \(event.label)"
      return .rule(RuleMark(.vertical(place), label: label, tone: .event))
    }
    if let cursor = options.cursorStep {
      rules.append(
        .rule(RuleMark(.vertical(map.place(ofStep: cursor)), label: "", tone: .neutral)))
    }
    return rules
  }
}
