import Charts
import Metrics
import RunModel
import Statistics

/// The charts of a report, from raw evaluations.
struct ReportCharts {
  var arms: [JudgedArm]
  var traces: [ArmTrace]
  var lossUnit: LossUnit

  func all(_ inputs: [ComparisonInput]) -> [(caption: String, scene: ChartScene)] {
    var charts: [(caption: String, scene: ChartScene)] = []
    if let loss { charts.append(loss) }
    if let seeds { charts.append(seeds) }
    charts += inputs.compactMap(difference)
    if let alignment { charts.append(alignment) }
    if let maskRate { charts.append(maskRate) }
    return charts
  }

  private var loss: (caption: String, scene: ChartScene)? {
    guard !arms.isEmpty else { return nil }
    var options = LossChart.Options()
    options.smoothing = .none
    options.clipsOutliers = false
    let losses = arms.flatMap { $0.runs.flatMap(\.trajectory) }.compactMap(\.validationLoss)
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 0)
    options.isLogY = low > 0 && high > 20 * low
    var chart = LossChart(
      title: "validation loss", curves: arms.enumerated().map(Self.curve), options: options)
    chart.valueLabel = lossUnit.label
    return ("Mean over seeds of the raw evaluations, with pointwise 95 % bands.", chart.scene())
  }

  private static func curve(_ index: Int, _ arm: JudgedArm) -> LossChart.Curve {
    var curve = LossChart.Curve(
      letter: Character(arm.lane.letter), name: arm.lane.name, arm: index)
    var series = MetricSeries()
    for (step, losses) in evaluations(of: arm) {
      let point = PointwiseBand.point(losses)
      series.append(x: Double(step), y: point.center ?? .nan)
      if let interval = point.interval {
        curve.band.append(
          BandMark.Edge(x: Double(step), lower: interval.lower, upper: interval.upper))
      }
    }
    curve.validation = series
    curve.divergedAtStep = arm.runs.compactMap(\.divergedAt).min().map(Double.init)
    return curve
  }

  /// Every step at which a seed was evaluated with the losses of all seeds there.
  private static func evaluations(of arm: JudgedArm) -> [(step: Int, losses: [Double?])] {
    let steps = Set(arm.runs.flatMap { $0.trajectory.map(\.step) }).sorted()
    return steps.map { step in
      (
        step,
        arm.runs.compactMap { run -> Double?? in
          if let point = run.trajectory.first(where: { $0.step == step }) {
            return point.validationLoss
          }
          return run.isDiverged ? .some(nil) : nil
        }
      )
    }
  }

  private func difference(_ input: ComparisonInput) -> (caption: String, scene: ChartScene)? {
    guard let subject = arms.firstIndex(where: { $0.lane.name == input.subject.name }),
      let reference = arms.firstIndex(where: { $0.lane.name == input.reference.name })
    else { return nil }
    // The first quarter would set the scale, and is not what is judged.
    let steps = Set(arms[subject].runs.flatMap { $0.trajectory.map(\.step) }).sorted()
      .filter { 4 * $0 >= input.setting.budget }
    let samples = steps.compactMap { step -> DifferenceChart.Sample? in
      let differences = Self.differences(arms[subject], arms[reference], at: step)
      guard !differences.isEmpty, let mean = Summary.mean(differences) else { return nil }
      let interval = TTest.paired(differences)?.interval
      return DifferenceChart.Sample(
        x: Double(step), mean: mean, lower: interval?.lower ?? .nan,
        upper: interval?.upper ?? .nan)
    }
    var chart = DifferenceChart(
      samples: samples, first: Character(arms[reference].lane.letter),
      second: Character(arms[subject].lane.letter), secondArm: subject)
    chart.valueLabel = lossUnit.label
    chart.margin = input.margin > 0 ? input.margin : nil
    chart.zoom = steps.first.flatMap { first in
      steps.last.map { Double(first)...Double(max($0, first + 1)) }
    }
    let caption =
      "\(input.subject.name) minus \(input.reference.name) from a quarter of the budget on, paired by "
      + "seed, with pointwise 95 % intervals; dashed: the practical margin."
    return (caption, chart.scene())
  }

  private static func differences(
    _ subject: JudgedArm, _ reference: JudgedArm, at step: Int
  ) -> [Double] {
    subject.runs.compactMap { run in
      guard let other = reference.runs.first(where: { $0.seed == run.seed }),
        let loss = run.trajectory.first(where: { $0.step == step })?.validationLoss,
        let base = other.trajectory.first(where: { $0.step == step })?.validationLoss
      else { return nil }
      return loss - base
    }
  }

  /// Every seed's final loss as a dot.
  private var seeds: (caption: String, scene: ChartScene)? {
    let groups = arms.enumerated().map { index, arm in
      ScatterChart.Group(
        letter: Character(arm.lane.letter), name: arm.lane.name, arm: index,
        points: arm.runs.compactMap { run in
          run.finalLoss.map { ChartPoint(x: Double(run.seed), y: $0) }
        })
    }
    guard groups.contains(where: { $0.points.count > 1 }) else { return nil }
    let chart = ScatterChart(
      title: "final loss of every seed", xLabel: "seed", yLabel: lossUnit.label, groups: groups)
    return (
      "Final loss of every seed; one below another in a column share weights and data.",
      chart.scene()
    )
  }

  private var alignment: (caption: String, scene: ChartScene)? {
    let shown = traces.filter { !$0.alignment.isEmpty }
    guard let first = shown.first else { return nil }
    var chart = TraceChart(
      title: "alignment", valueLabel: "cos(m,g)", traces: shown.map { $0.trace($0.alignment) })
    chart.smoothing = .none
    if let noise = first.specification.pureNoiseAlignment {
      chart.reference = (noise, "pure noise " + NumberFormat.fixed(noise, decimals: 3))
    }
    return (
      "Cosine of momentum and gradient, mean over blocks and seeds; pure noise is not at zero.",
      Self.bold(chart.scene())
    )
  }

  private var maskRate: (caption: String, scene: ChartScene)? {
    let shown = traces.filter { !$0.maskRate.isEmpty }
    guard let first = shown.first else { return nil }
    var chart = TraceChart(
      title: "mask rate", valueLabel: "share dropped", traces: shown.map { $0.trace($0.maskRate) })
    chart.smoothing = .none
    if let mask = first.specification.values["mask"]?.number {
      chart.reference = (mask, "asked " + NumberFormat.compact(mask))
    }
    return (
      "Share of maskable block-steps dropped so far, mean over seeds.", Self.bold(chart.scene())
    )
  }

  /// Few raw points make a leading curve here, not the background of a smoothed one.
  private static func bold(_ scene: ChartScene) -> ChartScene {
    var scene = scene
    scene.marks = scene.marks.map { mark in
      guard case .line(var line) = mark else { return mark }
      line.stroke = .thick
      return .line(line)
    }
    return scene
  }
}

extension ArmTrace {
  func trace(_ series: MetricSeries) -> TraceChart.Trace {
    TraceChart.Trace(
      letter: Character(lane.letter), name: lane.name, arm: arm, series: series)
  }
}
