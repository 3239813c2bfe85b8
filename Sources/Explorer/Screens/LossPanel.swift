import Charts
import Metrics
import RunModel
import TerminalUI

extension ExplorerState {
  /// The loss chart of some arms, for `width` columns.
  func lossScene(arms: [Int], width: Int, title: String = "loss") -> ChartScene {
    var options = LossChart.Options()
    options.smoothing = settings.smoothing
    options.isLogY = settings.isLogY
    options.isLogX = settings.isLogX
    options.showsRaw = settings.showsRaw
    options.showsBands = settings.spread == .bands
    options.clipsOutliers = settings.clipsOutliers
    options.axis = settings.axis
    options.zoom = zoomRange
    options.declaredEnd = settings.axis == .step ? Double(run.budget) : nil
    options.cursorStep = (settings.crosshair ?? settings.scrub).map(Double.init)
    options.columnCount = max(16, width * 2)
    let drawn = arms.filter { !(hiddenArms.indices.contains($0) && hiddenArms[$0]) }
    let curves = drawn.map { curve(run.arms[$0], dataOf: run) } + pinnedCurves
    var chart = LossChart(title: title, curves: curves, options: options)
    chart.entropyFloor = run.summary?.entropyFloor
    chart.events = run.marks.marks.suffix(12).map { $0 }
    chart.valueLabel = run.configuration.lossUnit.label
    var scene = chart.scene()
    if settings.spread == .seeds { scene.marks += drawn.flatMap { seedLines(run.arms[$0]) } }
    dimPinned(in: &scene, from: drawn.count)
    return scene
  }

  /// The raw evaluations of every seed of an arm, a thin line each.
  private func seedLines(_ arm: ArmRecord) -> [ChartMark] {
    guard arm.seeds.count > 1 else { return [] }
    let map = axisMap(arm, run)
    let shown = zoomRange ?? 0...Double.infinity
    return arm.seeds.map { seed in
      let points = seed.evaluations.map {
        ChartPoint(x: map.place(ofStep: Double($0.step)), y: $0.validationLoss ?? .nan)
      }
      return .line(
        LineMark(points.filter { shown.contains($0.x) }, tone: .arm(arm.index), stroke: .thin))
    }
  }

  private func curve(_ arm: ArmRecord, dataOf run: RunRecord) -> LossChart.Curve {
    var curve = LossChart.Curve(letter: arm.letter, name: arm.name, arm: arm.index)
    curve.training = arm.track.loss
    curve.validation = arm.validation
    curve.band = arm.band.map { BandMark.Edge(x: $0.step, lower: $0.lower, upper: $0.upper) }
    curve.axisMap = axisMap(arm, run)
    curve.divergedAtStep = arm.divergedStep.map(Double.init)
    return curve
  }

  /// The pinned run's evaluations, with their letters in capitals.
  private var pinnedCurves: [LossChart.Curve] {
    guard let pinned else { return [] }
    return pinned.arms.map { arm in
      let letter = Character(String(arm.letter).uppercased())
      var curve = LossChart.Curve(letter: letter, name: arm.name, arm: arm.index)
      curve.validation = arm.validation
      curve.axisMap = axisMap(arm, pinned)
      return curve
    }
  }

  /// Pinned curves are dashed, so that they are not taken for the run that trains.
  private func dimPinned(in scene: inout ChartScene, from first: Int) {
    guard pinned != nil else { return }
    scene.marks = scene.marks.map { mark in
      guard case .line(var line) = mark, line.letter?.isUppercase == true else { return mark }
      line.stroke = .dashed
      return .line(line)
    }
  }

  func axisMap(_ arm: ArmRecord, _ run: RunRecord) -> AxisMap {
    switch settings.axis {
    case .step: .steps
    case .tokens: .scaled(by: Double(max(1, run.summary?.tokensPerStep ?? 1)))
    case .cpuSeconds: .cumulative(arm.track.cpuSeconds)
    case .wallSeconds: .cumulative(arm.track.wallSeconds)
    }
  }

  /// The stretch of the axis shown when zoomed, around the crosshair, the scrubbed or newest step.
  var zoomRange: ClosedRange<Double>? {
    guard settings.zoom > 0, let arm = run.arms.first else { return nil }
    let map = axisMap(arm, run)
    let end = settings.axis == .step ? Double(run.budget) : map.place(ofStep: Double(run.step))
    let centre = map.place(ofStep: Double(settings.crosshair ?? shownStep))
    guard end.isFinite, centre.isFinite, end > 0 else { return nil }
    let half = end / Double(1 << settings.zoom) / 2
    let middle = min(max(centre, half), end - half)
    return (middle - half)...(middle + half)
  }

  /// `step 640  a 2.113  m 2.150  m-a +.037` for the crosshair.
  var crosshairText: String? {
    guard let step = settings.crosshair else { return nil }
    let values = run.arms.map { arm in
      (arm.letter, arm.validation.value(at: Double(step))?.last ?? .nan)
    }
    var text = "step \(step)"
    for (letter, value) in values { text += "  \(letter) \(Shown.loss(value))" }
    if let first = values.first, run.arms.indices.contains(pair.right) {
      let other = values[pair.right]
      if other.0 != first.0 {
        text += "  \(other.0)-\(first.0) \(Shown.difference(other.1 - first.1))"
      }
    }
    return text
  }
}

/// The loss curves in their frame.
struct LossPanel: Widget {
  let state: ExplorerState
  var arms: [Int]?
  var title: String?

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let scene = state.lossScene(
      arms: arms ?? Array(state.run.arms.indices), width: area.width - 8)
    let caption = title ?? (area.width >= 60 ? state.run.configuration.lossCaption : "loss")
    buffer.draw(
      ChartPanel(
        scene, letters: state.run.arms.map(\.letter),
        isFocused: state.screen == .live && state.pane == .loss, title: caption),
      in: area)
    if let text = state.crosshairText, area.height > 3 {
      let line = Rectangle(x: area.x + 9, y: area.y + 1, width: area.width - 11, height: 1)
      buffer.write(
        text.shortened(to: line.width), in: line, align: .right, style: Style(.strong, .bold))
    }
  }
}
