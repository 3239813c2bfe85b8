/// The paired difference of two arms over the run with its interval; below zero the second is ahead.
package struct DifferenceChart: Sendable {
  package struct Sample: Sendable, Equatable {
    package var x: Double
    /// Mean over seeds of second − first.
    package var mean: Double
    /// Ends of the confidence interval, NaN with fewer than two seeds.
    package var lower: Double
    package var upper: Double

    package init(x: Double, mean: Double, lower: Double = .nan, upper: Double = .nan) {
      (self.x, self.mean, self.lower, self.upper) = (x, mean, lower, upper)
    }
  }

  package var samples: [Sample]
  /// The arms' letters; the difference is second − first.
  package var first: Character
  package var second: Character
  package var secondArm: Int
  package var axis = AxisKind.step
  /// Differences of at most this size do not matter in practice; drawn as two lines.
  package var margin: Double?
  package var zoom: ClosedRange<Double>?
  package var declaredEnd: Double?
  /// The unit of the losses; empty without one.
  package var valueLabel = "nats"

  package init(samples: [Sample], first: Character, second: Character, secondArm: Int) {
    (self.samples, self.first, self.second) = (samples, first, second)
    self.secondArm = secondArm
  }

  package func scene() -> ChartScene {
    let xScale =
      zoom.map { Scale(.linear, from: $0.lowerBound, to: $0.upperBound) }
      ?? Scale.holding(samples.map(\.x) + [0, declaredEnd ?? .nan], .linear)
    let shown = samples.filter { xScale.contains($0.x) }
    let values: [Double] = shown.flatMap { [$0.mean, $0.lower, $0.upper] } + [0]
    var scene = ChartScene(
      title: "difference \(second)-\(first) (paired)", settings: ["below 0: \(second) ahead"],
      xAxis: ChartAxis(axis.label, xScale),
      yAxis: ChartAxis(valueLabel, Scale.holding(values, .linear).padded(by: 0.05)))
    let edges = samples.map { BandMark.Edge(x: $0.x, lower: $0.lower, upper: $0.upper) }
    let line = samples.map { ChartPoint(x: $0.x, y: $0.mean) }
    scene.marks = [.band(BandMark(edges, tone: .arm(secondArm)))] + rules
    scene.marks.append(.line(LineMark(line, tone: .arm(secondArm), stroke: .thick)))
    if line.count == 1 {
      scene.marks.append(.points(PointsMark(line, symbol: "o", tone: .arm(secondArm))))
    }
    if samples.isEmpty { scene.note = "no common evaluation yet" }
    return scene
  }

  private var rules: [ChartMark] {
    let zero = RuleMark(.horizontal(0), label: "0", tone: .neutral)
    // Without labels: they would lie on that of zero at the scale of most differences.
    let margins = [margin, margin.map { -$0 }].compactMap { value in
      value.map { RuleMark(.horizontal($0), label: "", tone: .expectation) }
    }
    return (margins + [zero]).map(ChartMark.rule)
  }
}
