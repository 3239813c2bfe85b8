import Charts
import Metrics
import Testing

/// Whatever is fed to a chart, it projects onto any size without trapping or leaving the device.
@Suite struct DegenerateDataTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var values: [Double]
  }

  static let cases: [Case] = [
    Case(testDescription: "empty", values: []),
    Case(testDescription: "one point", values: [2]),
    Case(testDescription: "constant", values: .init(repeating: 3, count: 500)),
    Case(testDescription: "zeros", values: .init(repeating: 0, count: 50)),
    Case(testDescription: "all NaN", values: .init(repeating: .nan, count: 50)),
    Case(testDescription: "infinities", values: [.infinity, -.infinity, .infinity]),
    Case(testDescription: "1e-30...1e30", values: (-30...30).map { Double("1e\($0)") ?? 0 }),
    Case(
      testDescription: "largest", values: [.greatestFiniteMagnitude, -.greatestFiniteMagnitude]),
    Case(testDescription: "negative", values: [-1, -2, -3]),
    Case(testDescription: "alternating gaps", values: [1, .nan, 2, .nan, 3]),
    Case(testDescription: "subnormal", values: [5e-324, 1e-320]),
  ]

  private static let sizes = [
    (0, 0), (1, 1), (2, 1), (1, 7), (160, 96), (3, 400), (-1, 5),
  ]

  private static func expectWithinDevice(_ scene: ChartScene) {
    for (width, height) in sizes {
      let projection = scene.project(width: width, height: height)
      for point in projection.shapes.flatMap(points) {
        #expect(point.x >= 0 && point.x <= Double(max(width - 1, 0)), "\(scene.title)")
        #expect(point.y >= 0 && point.y <= Double(max(height - 1, 0)), "\(scene.title)")
      }
    }
  }

  private static func points(of shape: Projection.Shape) -> [DevicePoint] {
    switch shape {
    case .polyline(let points, _, _): points
    case .band(let upper, let lower, _): upper + lower
    case .symbol(let point, _, _): [point]
    case .rule(let from, let to, _, _): [from, to]
    case .bar(let rectangle, let expected, _): corners(rectangle) + expected
    case .cell(let rectangle, _, _): corners(rectangle)
    }
  }

  private static func corners(_ rectangle: DeviceRectangle) -> [DevicePoint] {
    [
      DevicePoint(x: rectangle.left, y: rectangle.top),
      DevicePoint(x: rectangle.right, y: rectangle.bottom),
    ]
  }

  private static func series(_ values: [Double]) -> MetricSeries {
    var series = MetricSeries(recentCapacity: 8, historyCapacity: 16)
    for (step, value) in values.enumerated() { series.append(x: Double(step), y: value) }
    return series
  }

  @Test(arguments: cases)
  func lossAndTraceCharts(_ data: Case) {
    for bits in 0..<16 {
      var options = LossChart.Options()
      (options.isLogY, options.isLogX) = (bits & 1 == 1, bits & 2 == 2)
      (options.clipsOutliers, options.showsRaw) = (bits & 4 == 4, bits & 8 == 8)
      options.smoothing = bits & 4 == 4 ? .heavy : .none
      var curve = LossChart.Curve(letter: "a", name: "adam", arm: 0)
      (curve.training, curve.validation) = (Self.series(data.values), Self.series(data.values))
      curve.band = data.values.map { .init(x: $0, lower: $0, upper: $0 + 1) }
      curve.divergedAtStep = data.values.first
      if bits & 8 == 8 { curve.axisMap = .cumulative(Self.series(data.values)) }
      var chart = LossChart(title: "loss", curves: [curve], options: options)
      chart.entropyFloor = data.values.last
      chart.events = [EventMark(number: 1, step: 1, label: "lr")]
      Self.expectWithinDevice(chart.scene())
    }
    let trace = TraceChart.Trace(letter: "m", name: "m", arm: 1, series: Self.series(data.values))
    var traces = TraceChart(title: "cos", valueLabel: "cos", traces: [trace])
    traces.reference = (0.436, "null")
    Self.expectWithinDevice(traces.scene())
  }

  @Test(arguments: cases)
  func distributionsDifferencesAndSweeps(_ data: Case) {
    for count in [0, 1, 100, 1_000_000] {
      let rates = DistributionChart.maskRate(
        rates: data.values.map { min(max($0, 0), 1) }, maskProbability: 0.5, stepCount: count,
        arm: 1, binCount: 7)
      Self.expectWithinDevice(rates.scene())
      Self.expectWithinDevice(rates.scene(.rightwards))
    }
    let alignment = DistributionChart.alignment(data.values, null: 0.436, arm: 1, binCount: 9)
    Self.expectWithinDevice(alignment.scene())
    let samples = data.values.map {
      DifferenceChart.Sample(x: $0, mean: $0, lower: $0 - 1, upper: $0 + 1)
    }
    var difference = DifferenceChart(samples: samples, first: "a", second: "m", secondArm: 1)
    difference.margin = 0.01
    Self.expectWithinDevice(difference.scene())
    let sweep = SweepChart(curves: [
      .init(
        letter: "a", name: "adam", arm: 0,
        points: data.values.map { .init(learningRate: $0, loss: $0) })
    ])
    Self.expectWithinDevice(sweep.scene())
  }

  @Test(arguments: cases)
  func scattersContoursAndRasters(_ data: Case) {
    Self.expectWithinDevice(
      ScatterChart.survival(title: "tail", xLabel: "x", samples: [("a", "adam", 0, data.values)])
        .scene())
    let path = data.values.map { ChartPoint(x: $0, y: $0) }
    let bound = data.values.first ?? 0
    let contour = ContourChart(
      title: "valley", paths: [.init(letter: "a", name: "adam", arm: 0, points: path)],
      xRange: -1...1, yRange: -1...1, function: { $0 * $0 + bound * $1 })
    Self.expectWithinDevice(contour.scene())
    var history = BlockHistory(blockCount: data.values.count, capacity: 4)
    history.append(step: 1) {
      BlockCell(keptShare: data.values[$0], alignment: data.values[$0])
    }
    var raster = RasterChart(title: "r", history: history, blockNames: ["q"], columnCount: 9)
    Self.expectWithinDevice(raster.scene())
    raster.shading = .alignment
    Self.expectWithinDevice(raster.scene())
  }
}
