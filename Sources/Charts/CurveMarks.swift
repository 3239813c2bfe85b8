import Metrics

/// One arm's curves gathered into the columns of a chart, as marks.
struct CurveMarks {
  private(set) var bands: [ChartMark] = []
  private(set) var raw: [ChartMark] = []
  /// What the eye should follow: the smoothed curve and the evaluations.
  private(set) var leading: [ChartMark] = []
  /// Every y drawn except the bands', for choosing the range of the axis.
  private(set) var values: [Double] = []
  private(set) var bandValues: [Double] = []
  private let curve: LossChart.Curve

  init(_ curve: LossChart.Curve, options: LossChart.Options, xScale: Scale) {
    self.curve = curve
    let edges = xScale.edges(count: options.columnCount)
    if options.showsBands { addBand(xScale) }
    if let training = curve.training { addTraining(training, edges: edges, options: options) }
    if let validation = curve.validation { addValidation(validation, edges: edges) }
  }

  var isEmpty: Bool { values.isEmpty }

  /// The `x` where the arm diverged, at the upper border of the chart.
  func divergence(_ yScale: Scale) -> ChartMark? {
    guard let step = curve.divergedAtStep else { return nil }
    let point = ChartPoint(x: curve.axisMap.place(ofStep: step), y: yScale.upperBound)
    return .points(PointsMark([point], symbol: "x", tone: .arm(curve.arm)))
  }

  private mutating func addBand(_ xScale: Scale) {
    guard !curve.band.isEmpty else { return }
    let edges = curve.band.map {
      BandMark.Edge(x: curve.axisMap.place(ofStep: $0.x), lower: $0.lower, upper: $0.upper)
    }
    bands = [.band(BandMark(edges, tone: .arm(curve.arm)))]
    bandValues = edges.filter { xScale.contains($0.x) }.flatMap { [$0.lower, $0.upper] }
  }

  private mutating func addTraining(
    _ series: MetricSeries, edges: [Double], options: LossChart.Options
  ) {
    let columns = columns(of: series, edges: edges)
    let isSmoothed = options.smoothing != .none
    if options.showsRaw || !isSmoothed {
      values += columns.filter { !$0.isGap }.flatMap { [$0.minimum, $0.maximum] }
      let line = LineMark(
        extremes(columns), tone: .arm(curve.arm), stroke: .thin,
        letter: isSmoothed || leads(.validation) ? nil : curve.letter)
      raw.append(.line(line))
    }
    guard isSmoothed else { return }
    let points = columns.map { column in
      ChartPoint(
        x: curve.axisMap.place(ofStep: column.lastX),
        y: column.isGap ? .nan : column.smoothed(options.smoothing))
    }
    values += points.map(\.y).filter(\.isFinite)
    leading.append(
      .line(
        LineMark(
          points, tone: .arm(curve.arm), stroke: leads(.validation) ? .thin : .thick,
          letter: leads(.validation) ? nil : curve.letter)))
  }

  private mutating func addValidation(_ series: MetricSeries, edges: [Double]) {
    let points = columns(of: series, edges: edges).map { column in
      ChartPoint(x: curve.axisMap.place(ofStep: column.lastX), y: column.last)
    }
    values += points.map(\.y).filter(\.isFinite)
    leading.append(
      .line(LineMark(points, tone: .arm(curve.arm), stroke: .thick, letter: curve.letter)))
    if points.count <= edges.count / 8 {
      leading.append(.points(PointsMark(points, symbol: "o", tone: .arm(curve.arm))))
    }
  }

  private enum Source { case validation }

  /// Evaluations lead the eye where there are at least two of them, otherwise training does.
  private func leads(_ source: Source) -> Bool { (curve.validation?.sampleCount ?? 0) > 1 }

  private func columns(of series: MetricSeries, edges: [Double]) -> [SampleSummary] {
    let steps = edges.map(curve.axisMap.step(at:))
    guard steps.allSatisfy({ !$0.isNaN }) else { return [] }
    return series.columns(edges: steps).compactMap { $0 }
  }

  /// Both extremes of every column, the one nearer to the curve so far first.
  private func extremes(_ columns: [SampleSummary]) -> [ChartPoint] {
    var points: [ChartPoint] = []
    for column in columns {
      let x = curve.axisMap.place(ofStep: column.firstX / 2 + column.lastX / 2)
      if column.isGap {
        points.append(ChartPoint(x: x, y: .nan))
      } else if column.minimum == column.maximum {
        points.append(ChartPoint(x: x, y: column.minimum))
      } else {
        let previous = points.last?.y ?? column.maximum
        let rises = (column.minimum - previous).magnitude < (column.maximum - previous).magnitude
        let (low, high) = (column.minimum, column.maximum)
        points += (rises ? [low, high] : [high, low]).map { ChartPoint(x: x, y: $0) }
      }
    }
    return points
  }
}
