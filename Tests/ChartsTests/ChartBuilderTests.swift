import Charts
import Metrics
import Testing

@Suite struct LossChartTests {
  private static func curve(_ values: [Double], letter: Character = "a") -> LossChart.Curve {
    var series = MetricSeries()
    for (step, value) in values.enumerated() { series.append(x: Double(step + 1), y: value) }
    var curve = LossChart.Curve(letter: letter, name: "adam", arm: 0)
    curve.training = series
    return curve
  }

  private static func chart(_ change: (inout LossChart) -> Void = { _ in }) -> LossChart {
    let values = (1...4_000).map { 2 + 3 / Double($0).squareRoot() + ($0 == 900 ? 1e4 : 0) }
    var chart = LossChart(title: "loss", curves: [curve(values)])
    chart.options.isLogY = false
    change(&chart)
    return chart
  }

  @Test func outliersAreClippedOnlyWhenAsked() {
    #expect(Self.chart().scene().yAxis.scale.upperBound < 10)
    let whole = Self.chart { $0.options.clipsOutliers = false }.scene()
    #expect(whole.yAxis.scale.upperBound >= 1e4)
  }

  @Test func theFloorIsAlwaysOnTheChart() {
    let scene = Self.chart { $0.entropyFloor = 1.5 }.scene()
    #expect(scene.yAxis.scale.contains(1.5))
    #expect(
      scene.marks.contains(
        .rule(RuleMark(.horizontal(1.5), label: "floor 1.500", tone: .expectation))))
  }

  @Test func secondsBeginAtStep0WhichHasNoRow() {
    var (seconds, losses) = (MetricSeries(), MetricSeries())
    for step in 1...100 { seconds.append(x: Double(step), y: Double(step) / 50) }
    for step in [0, 50, 100] { losses.append(x: Double(step), y: 3) }
    let map = AxisMap.cumulative(seconds)
    #expect(map.place(ofStep: 0) == 0 && map.step(at: 0) == 0)
    #expect(abs(map.place(ofStep: 0.5) - 0.01) < 1e-9 && abs(map.step(at: 0.01) - 0.5) < 1e-9)
    let scene = Self.chart {
      $0.options.axis = .wallSeconds
      ($0.curves[0].validation, $0.curves[0].axisMap) = (losses, map)
    }.scene()
    let dots = scene.marks.compactMap { mark -> [Double]? in
      if case .points(let points) = mark { points.points.map(\.x) } else { nil }
    }
    #expect(dots == [[0, 1, 2]])
  }

  @Test func theAxisCanCountTokensOrSeconds() {
    var seconds = MetricSeries()
    for step in 0...4_000 { seconds.append(x: Double(step), y: Double(step) / 50) }
    let tokens = Self.chart {
      $0.options.axis = .tokens
      $0.curves[0].axisMap = .scaled(by: 1_024)
    }.scene()
    let time = Self.chart {
      $0.options.axis = .cpuSeconds
      $0.curves[0].axisMap = .cumulative(seconds)
    }.scene()
    #expect(tokens.xAxis.scale.upperBound == 4_000 * 1_024)
    #expect(tokens.xAxis.label == "tokens")
    #expect(time.xAxis.scale.upperBound == 80)
  }

  @Test func zoomingShowsOnlyTheStretchAndAtFullResolution() throws {
    let scene = Self.chart {
      $0.options.zoom = 890...910
      $0.options.clipsOutliers = false
      $0.options.smoothing = .none
    }.scene()
    let line = try #require(
      scene.marks.compactMap { mark -> LineMark? in
        guard case .line(let line) = mark else { return nil }
        return line
      }.first)
    #expect(line.points.contains { $0.y > 1e4 && abs($0.x - 900) < 2 })
    #expect(line.points.allSatisfy { (885...915).contains($0.x) })
  }

  @Test func aLongRunCostsNoMoreMarksThanAShortOne() {
    let long = LossChart(title: "", curves: [Self.curve((0..<200_000).map { Double($0 % 97) })])
    let points = long.scene().marks.reduce(0) { count, mark in
      guard case .line(let line) = mark else { return count }
      return count + line.points.count
    }
    #expect(points <= 3 * long.options.columnCount)
  }

  @Test func divergenceIsMarkedWithAnXAtTheTop() {
    let scene = Self.chart { $0.curves[0].divergedAtStep = 2_000 }.scene()
    let top = scene.yAxis.scale.upperBound
    #expect(
      scene.marks.contains(
        .points(PointsMark([ChartPoint(x: 2_000, y: top)], symbol: "x", tone: .arm(0)))))
  }

  @Test func evaluationsLeadOnceThereAreTwo() {
    let scene = Self.chart { chart in
      var validation = MetricSeries()
      for step in stride(from: 0, through: 4_000, by: 400) {
        validation.append(x: Double(step), y: 2.5)
      }
      chart.curves[0].validation = validation
    }.scene()
    let thick = scene.marks.compactMap { mark -> LineMark? in
      guard case .line(let line) = mark, line.stroke == .thick else { return nil }
      return line
    }
    #expect(thick.map(\.letter) == ["a"])
    #expect(thick.first?.points.allSatisfy { $0.y == 2.5 } == true)
  }
}

@Suite struct OtherChartTests {
  @Test(arguments: [(100, 0.5), (1_240, 0.5), (400, 0.1), (50_000, 0.5)])
  func expectedMaskRatesAreTheBinomials(_ trials: Int, _ probability: Double) {
    let chart = DistributionChart.maskRate(
      rates: [Double](repeating: probability, count: 200), maskProbability: probability,
      stepCount: trials, arm: 1, binCount: 14)
    let total = chart.expected.reduce(0, +)
    #expect(abs(total - 200) < 0.5, "±3.5 deviations hold all but a few in ten thousand")
    let mean = chart.expected.indices.reduce(0) {
      $0 + chart.expected[$1] * chart.histogram.center(of: $1)
    }
    let deviation = (probability * (1 - probability) / Double(trials)).squareRoot()
    #expect(abs(mean / total - probability) < 0.5 * deviation)
  }

  @Test func theBestRateAtTheEdgeOfASweepIsFlagged() {
    let inner = SweepChart.Curve(
      letter: "a", name: "adam", arm: 0,
      points: [
        .init(learningRate: 1e-2, loss: nil), .init(learningRate: 1e-4, loss: 3),
        .init(learningRate: 1e-3, loss: 2),
      ])
    let edge = SweepChart.Curve(
      letter: "m", name: "magma", arm: 1,
      points: [.init(learningRate: 1e-3, loss: 2.5), .init(learningRate: 1e-2, loss: 2)])
    #expect(inner.best?.learningRate == 1e-3)
    #expect(!inner.isBestAtEdge)
    #expect(edge.isBestAtEdge)
    let scene = SweepChart(curves: [inner, edge]).scene()
    #expect(scene.note == "x diverged   best: A 1.0e-3  M 1.0e-2 (edge)")
    let top = scene.yAxis.scale.upperBound
    #expect(
      scene.marks.contains(
        .points(PointsMark([ChartPoint(x: 1e-2, y: top)], symbol: "x", tone: .arm(0)))))
  }

  @Test func contourLinesLieOnTheirLevel() {
    let chart = ContourChart(
      title: "", paths: [], xRange: -2...2, yRange: -2...2, function: { $0 * $0 + $1 * $1 })
    let radii = chart.scene().marks.map { mark -> [Double] in
      guard case .line(let line) = mark else { return [] }
      return line.points.filter { $0.x.isFinite }.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }
    }
    #expect(radii.count == chart.levelCount)
    for level in radii {
      #expect((level.max() ?? 9) - (level.min() ?? 0) < 0.01)
    }
  }

  @Test func theNewestStepIsAtTheRightAndTheFirstBlockOnTop() {
    var history = BlockHistory(blockCount: 2, capacity: 8)
    for (step, share) in [(1, 1.0), (2, 0)] {
      history.append(step: step) { $0 == 0 ? .excluded() : BlockCell(keptShare: share) }
    }
    let scene = RasterChart(
      title: "", history: history, blockNames: ["emb", "0.q"], columnCount: 3
    ).scene()
    #expect(scene.yAxis.categories == ["0.q", "emb"])
    guard case .cells(let cells) = scene.marks.first else {
      Issue.record("no cells")
      return
    }
    #expect(cells.rows[0].map { $0?.tone } == [nil, .kept, .masked])
    #expect(cells.rows[1].map { $0?.tone } == [nil, .excluded, .excluded])
  }

  @Test func theSurvivalOfAPowerLawFallsWithItsIndex() throws {
    let values = (1...2_000).map { 1 / (Double($0) / 2_001).squareRoot() }  // P(X > x) = x⁻²
    let chart = ScatterChart.survival(title: "", xLabel: "", samples: [("a", "", 0, values)])
    let points = chart.groups[0].points
    for point in points.dropLast(10) { #expect(abs(point.y * point.x * point.x - 1) < 0.05) }
  }

  @Test func theDifferenceChartAlwaysShowsZero() {
    let samples = (1...5).map { DifferenceChart.Sample(x: Double($0), mean: 3, lower: 2, upper: 4) }
    let scene = DifferenceChart(samples: samples, first: "a", second: "m", secondArm: 1).scene()
    #expect(scene.yAxis.scale.contains(0))
    #expect(scene.title == "difference m-a (paired)")
  }
}
