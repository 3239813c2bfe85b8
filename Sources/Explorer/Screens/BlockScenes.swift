import Charts
import History
import Metrics
import RunModel
import TerminalUI

/// The charts of the Blocks screen as scenes.
struct BlockScenes {
  let state: ExplorerState
  /// The arm whose blocks are listed.
  let arm: ArmMoment
  /// Of the panel, for the choice of how much to draw.
  let size: Size

  private var width: Int { size.width }

  func scene(_ chart: BlockChart) -> ChartScene {
    switch chart {
    case .plane: plane
    case .alignment: alignment
    case .maskingCost: maskingCost
    case .curvature: curvature
    case .sharpness: sharpness
    case .noiseTail: noiseTail
    case .ratio:
      trace("update / weight of this block", isLogY: true) { curves, _ in curves.ratios.elements }
    case .distance:
      trace("distance of this block", isLogY: false) { curves, now in
        var way = curves.distances.elements
        way.append(now)
        return way
      }
    }
  }

  var shownArms: [ArmMoment] {
    state.shown.arms.filter { !state.isHidden($0) }
  }

  /// The alignment of the selected block over the last steps, with the value of pure noise.
  private var alignment: ChartScene {
    var points: [ChartPoint] = []
    if let raster = arm.track?.curves?.raster {
      let count = min(max(1, width - 10) * 2, raster.stepCount)
      points = (0..<count).reversed().compactMap { back in
        guard let step = raster.step(age: back),
          let value = raster.cell(block: state.selectedBlock, age: back).alignment
        else { return nil }
        return ChartPoint(x: Double(step), y: value)
      }
    }
    var scene = ChartScene(
      title: "alignment of this block", settings: ["last steps"],
      xAxis: ChartAxis("step", .holding(points.map(\.x), .linear)),
      yAxis: ChartAxis(
        "cos", .holding(points.map(\.y) + [arm.alignmentNull ?? 0], .linear).padded(by: 0.05)))
    if let null = arm.alignmentNull {
      scene.marks.append(
        .rule(RuleMark(.horizontal(null), label: "pure noise", tone: .expectation)))
    }
    scene.marks.append(.line(LineMark(points, tone: .arm(arm.place), stroke: .thin)))
    guard points.isEmpty else { return scene }
    scene.marks = []
    scene.note = state.shown.absence ?? "not measured for this block"
    return scene
  }

  /// A figure of the selected block in every arm over the run.
  ///
  /// - Parameter way: what was kept of an arm's way, given where it stands now.
  private func trace(
    _ title: String, isLogY: Bool, _ way: (ArmCurves, BlockTrace) -> ChunkedArray<BlockTrace>
  ) -> ChartScene {
    let block = state.selectedBlock
    let traces = shownArms.compactMap { arm -> TraceChart.Trace? in
      guard let track = arm.track, let curves = track.curves, track.blocks.indices.contains(block)
      else { return nil }
      let now = BlockTrace(step: track.step, values: track.blocks.map { Float($0.distance) })
      var series = MetricSeries()
      for point in way(curves, now) where point.values[block].isFinite {
        series.append(x: Double(point.step), y: Double(point.values[block]))
      }
      return TraceChart.Trace(letter: arm.symbol, name: arm.name, arm: arm.place, series: series)
    }
    var chart = TraceChart(title: title, valueLabel: "", traces: traces)
    (chart.smoothing, chart.isLogY) = (.none, isLogY)
    chart.columnCount = max(16, width * 2)
    var scene = chart.scene()
    scene.settings = isLogY ? ["log y"] : []
    return scene
  }

  /// Where the arms went over the contour lines of the loss in a plane of two eigenvectors.
  private var plane: ChartScene {
    guard let plane = state.shown.summary?.plane else {
      return ChartScene(
        title: "trajectories", xAxis: ChartAxis("", Scale(.linear, from: 0, to: 1)),
        yAxis: ChartAxis("", Scale(.linear, from: 0, to: 1)))
    }
    let paths = shownArms.map { arm in
      ContourChart.Path(
        letter: arm.symbol, name: arm.name, arm: arm.place, points: path(of: arm))
    }
    let points = paths.flatMap(\.points) + [ChartPoint(x: 0, y: 0)]
    let across = Scale.holding(points.map(\.x), .linear).padded(by: 0.08)
    let up = Scale.holding(points.map(\.y), .linear).padded(by: 0.08)
    var chart = ContourChart(
      title: "trajectories over contour lines", paths: paths,
      xRange: across.lowerBound...across.upperBound, yRange: up.lowerBound...up.upperBound
    ) { plane.loss(x: $0, y: $1) }
    chart.gridSize = 32
    chart.levelCount = min(8, max(3, size.height / 3))
    var scene = chart.scene()
    scene.xAxis.label = "along eigenvalue \(Shown.number(plane.horizontalCurvature))"
    scene.settings = [
      "eigenvalue \(Shown.number(plane.horizontalCurvature)) across, "
        + "\(Shown.number(plane.verticalCurvature)) up"
    ]
    return scene
  }

  /// The way of an arm through the plane, up to where it stands.
  private func path(of arm: ArmMoment) -> [ChartPoint] {
    guard let track = arm.track, let row = track.row, let path = track.curves?.path else {
      return []
    }
    let way = path.elements.map { ChartPoint(x: Double($0.x), y: Double($0.y)) }
    let end = ChartPoint(x: Double(row.planeX), y: Double(row.planeY))
    return end.x.isFinite && end.y.isFinite && path.elements.last?.step != row.step
      ? way + [end] : way
  }
}
