import Charts
import Metrics
import RunModel
import TerminalUI

/// The charts of the Blocks screen as scenes.
struct BlockScenes {
  let state: ExplorerState
  /// The arm whose blocks are listed.
  let arm: ArmRecord
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
    case .ratio: trace("update / weight of this block", \.ratios, isLogY: true)
    case .distance: trace("distance of this block", \.distances, isLogY: false)
    }
  }

  var shownArms: [ArmRecord] {
    state.run.arms.filter {
      !(state.hiddenArms.indices.contains($0.index) && state.hiddenArms[$0.index])
    }
  }

  /// The alignment of the selected block over the last steps, with the value of pure noise.
  private var alignment: ChartScene {
    let age = state.blockAge(arm) ?? 0
    let count = min(max(1, width - 10) * 2, arm.blocks.history.stepCount)
    let points = (0..<count).reversed().compactMap { back -> ChartPoint? in
      guard let step = arm.blocks.history.step(age: age + back),
        let value = arm.blocks.history.cell(block: state.selectedBlock, age: age + back).alignment
      else { return nil }
      return ChartPoint(x: Double(step), y: value)
    }
    var scene = ChartScene(
      title: "alignment of this block", settings: ["last steps"],
      xAxis: ChartAxis("step", .holding(points.map(\.x), .linear)),
      yAxis: ChartAxis(
        "cos", .holding(points.map(\.y) + [arm.alignmentNull ?? 0], .linear).padded(by: 0.05)))
    if let null = arm.alignmentNull {
      scene.marks.append(.rule(RuleMark(.horizontal(null), label: "noise", tone: .expectation)))
    }
    scene.marks.append(.line(LineMark(points, tone: .arm(arm.index), stroke: .thin)))
    guard points.isEmpty else { return scene }
    scene.marks = []
    scene.note = arm.hasDamping ? "none: this block is not masked" : "no damping in this arm"
    return scene
  }

  /// A figure of the selected block in every arm over the run.
  private func trace(
    _ title: String, _ series: KeyPath<BlockBoard, [MetricSeries]>, isLogY: Bool
  ) -> ChartScene {
    let block = state.selectedBlock
    let traces = shownArms.filter { $0.blocks[keyPath: series].indices.contains(block) }.map {
      TraceChart.Trace(
        letter: $0.letter, name: $0.name, arm: $0.index, series: $0.blocks[keyPath: series][block])
    }
    var chart = TraceChart(title: title, valueLabel: "", traces: traces)
    (chart.smoothing, chart.isLogY) = (.none, isLogY)
    chart.columnCount = max(16, width * 2)
    var scene = chart.scene()
    scene.settings = isLogY ? ["log y"] : []
    return scene
  }

  /// Where the arms went over the level lines of the loss in a plane of two eigenvectors.
  private var plane: ChartScene {
    guard let plane = state.run.summary?.plane else {
      return ChartScene(
        title: "trajectories", xAxis: ChartAxis("", Scale(.linear, from: 0, to: 1)),
        yAxis: ChartAxis("", Scale(.linear, from: 0, to: 1)))
    }
    let paths = shownArms.map { arm in
      ContourChart.Path(
        letter: arm.letter, name: arm.name, arm: arm.index,
        points: arm.track.path.points(upTo: state.shownStep))
    }
    let points = paths.flatMap(\.points) + [ChartPoint(x: 0, y: 0)]
    let across = Scale.holding(points.map(\.x), .linear).padded(by: 0.08)
    let up = Scale.holding(points.map(\.y), .linear).padded(by: 0.08)
    var chart = ContourChart(
      title: "trajectories over level lines", paths: paths,
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
}
