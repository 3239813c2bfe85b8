import Charts
import History
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
    // Zoomed in, single steps would cover the curves that are looked for.
    options.showsRaw = settings.showsRaw && settings.zoom == 0 && settings.audience == .desk
    options.showsBands = settings.spread == .bands
    options.clipsOutliers = settings.clipsOutliers
    options.axis = settings.axis
    options.zoom = zoomRange
    let moment = shown
    options.declaredEnd = settings.axis == .step ? Double(moment.budget) : nil
    options.cursorStep = settings.crosshair.map(Double.init)
    options.columnCount = max(16, width * 2)
    let drawn = arms.filter { !(hiddenArms.indices.contains($0) && hiddenArms[$0]) }
    let curves = drawn.map { curve(moment.arms[$0], in: moment) } + pinnedCurves
    var chart = LossChart(title: title, curves: curves, options: options)
    chart.entropyFloor = moment.summary?.entropyFloor
    chart.events = moment.marks.suffix(12).map { $0 }
    chart.valueLabel = moment.configuration.lossUnit.label
    var scene = chart.scene()
    if settings.spread == .seeds { scene.marks += drawn.flatMap { seedLines(moment.arms[$0]) } }
    dimPinned(in: &scene, from: drawn.count)
    if settings.audience == .projector { scene.marks.removeAll(where: isThin) }
    return scene
  }

  /// What an audience cannot tell apart.
  private func isThin(_ mark: ChartMark) -> Bool {
    guard case .line(let line) = mark, case .arm = line.tone else { return false }
    return line.stroke == .thin
  }

  /// What the kinds of marks of a loss chart stand for.
  var lossLegend: [TextLine] {
    let dot = options.glyphs.isASCII ? "o" : "•"
    var parts = [TextLine("\(dot) validation", .muted)]
    guard settings.audience == .desk else { return parts }
    if settings.smoothing != .none {
      parts.append(
        TextLine("thin: training, EMA \(compactDecimal(settings.smoothing.decay))", .muted))
    }
    if settings.smoothing == .none || (settings.showsRaw && settings.zoom == 0) {
      parts.append(TextLine("faint: single steps", .muted))
    }
    if pinned != nil { parts.append(TextLine("dashed, capitals: the run beneath", .muted)) }
    if settings.spread == .bands, shown.configuration.seeds > 1 {
      parts.append(TextLine("band: 95 % over seeds", .muted))
    }
    return parts
  }

  /// The raw evaluations of every seed of an arm, a thin line each.
  private func seedLines(_ arm: ArmMoment) -> [ChartMark] {
    guard arm.seeds.count > 1 else { return [] }
    let map = axisMap(arm, shown)
    let range = zoomRange ?? 0...Double.infinity
    return arm.seeds.map(\.evaluations).map { evaluations in
      let points = evaluations.drawnPlaces.map { evaluations[$0] }.map {
        ChartPoint(x: map.place(ofStep: Double($0.step)), y: $0.validationLoss ?? .nan)
      }
      return .line(
        LineMark(points.filter { range.contains($0.x) }, tone: .arm(arm.place), stroke: .thin))
    }
  }

  private func curve(_ arm: ArmMoment, in moment: RunMoment) -> LossChart.Curve {
    var curve = LossChart.Curve(letter: arm.symbol, name: arm.name, arm: arm.place)
    let average = SeedAverage(arm)
    curve.training = arm.track?.curves?.loss
    (curve.validation, curve.band) = (average.series, average.band)
    curve.axisMap = axisMap(arm, moment)
    curve.divergedAtStep = arm.divergedStep.map(Double.init)
    return curve
  }

  /// The pinned run's evaluations, with their letters in capitals.
  private var pinnedCurves: [LossChart.Curve] {
    guard let pinned else { return [] }
    return pinned.arms.map { arm in
      let letter = arm.letter.uppercased().last ?? "?"
      var curve = LossChart.Curve(letter: letter, name: arm.name, arm: arm.place)
      curve.validation = SeedAverage(arm).series
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

  func axisMap(_ arm: ArmMoment, _ moment: RunMoment) -> AxisMap {
    let curves = arm.track?.curves
    return switch settings.axis {
    case .step: .steps
    case .tokens: .scaled(by: Double(max(1, moment.summary?.tokensPerStep ?? 1)))
    case .cpuSeconds: .cumulative(curves?.cpuSeconds ?? MetricSeries())
    case .wallSeconds: .cumulative(curves?.wallSeconds ?? MetricSeries())
    }
  }

  /// The stretch of the axis shown when zoomed, around the crosshair, the scrubbed or newest step.
  var zoomRange: ClosedRange<Double>? {
    let moment = shown
    guard settings.zoom > 0, let arm = moment.arms.first else { return nil }
    let map = axisMap(arm, moment)
    let end =
      settings.axis == .step ? Double(moment.budget) : map.place(ofStep: Double(moment.step))
    let centre = map.place(ofStep: Double(settings.crosshair ?? moment.step))
    guard end.isFinite, centre.isFinite, end > 0 else { return nil }
    let half = end / Double(1 << settings.zoom) / 2
    let middle = min(max(centre, half), end - half)
    return (middle - half)...(middle + half)
  }

  /// `step 640  train a 2.113 m 2.150  val @600 a 2.108 m 2.141  m-a +.033` for the crosshair.
  ///
  /// The training loss is that of this very step; the validation loss names the step it was made at.
  /// In parts that stand on a line each where they do not fit on one.
  package var crosshairParts: [String] {
    guard let step = settings.crosshair else { return [] }
    let moment = shown
    let rows = history.rows(at: step)
    let training = moment.arms.map { arm in
      let row = rows.first { $0.arm == arm.id && $0.seed == moment.configuration.seed }
      return "\(arm.letter) \(Shown.loss(row?.trainLoss))"
    }
    let evaluated = moment.arms.compactMap { $0.seeds.first?.evaluations.last(at: step)?.step }
      .max()
    var parts = ["step \(step)", "train " + training.joined(separator: " ")]
    guard let evaluated else { return parts }
    let losses = moment.arms.map { $0.loss(at: evaluated) }
    let written = zip(moment.arms, losses).map { "\($0.letter) \(Shown.loss($1))" }
    parts.append("val @\(evaluated) " + written.joined(separator: " "))
    guard let left = losses.indices.contains(pair.left) ? losses[pair.left] : nil,
      let right = losses.indices.contains(pair.right) ? losses[pair.right] : nil,
      pair.left != pair.right
    else { return parts }
    let letters = "\(moment.arms[pair.right].letter)-\(moment.arms[pair.left].letter)"
    return parts + ["\(letters) \(Shown.difference(right - left))"]
  }
}

/// The loss curves in their frame.
struct LossPanel: Widget {
  let state: ExplorerState
  var isFocused = false
  /// The heading before an audience; empty for the usual one.
  var caption = ""
  /// Whether the losses are to stand in the heading, because nothing else says them.
  var saysLosses = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let scene = state.lossScene(arms: Array(state.shown.arms.indices), width: area.width - 8)
    let usual = area.width >= 60 ? state.shown.configuration.lossCaption : "loss"
    let title = caption.isEmpty ? usual : caption
    let note =
      saysLosses ? losses(room: area.width - title.columns - 8) : settings(scene, title, area)
    buffer.draw(
      ChartPanel(
        scene, letters: state.shown.arms.map(\.symbol), isFocused: isFocused, title: title,
        note: note, foot: state.lossLegend), in: area)
    let values = crosshairLines(width: area.width - 2).prefix(max(0, area.height - 3))
    for (row, text) in values.enumerated() {
      let line = Rectangle(x: area.x + 1, y: area.y + 1 + row, width: area.width - 2, height: 1)
      let room = Rectangle(
        x: max(line.x, line.right - text.columns), y: line.y,
        width: min(line.width, text.columns), height: 1)
      buffer.fill(room)
      buffer.write(
        text.shortened(to: room.width), in: room, align: .right, style: Style(.strong, .bold))
    }
    let next = max(1, values.count)
    if let text = state.baseLossText, area.height > 4 + next {
      let line = Rectangle(
        x: area.x + 9, y: area.y + 1 + next, width: area.width - 11, height: 1)
      buffer.write(
        text.shortened(to: line.width), in: line, align: .right, style: Style(.text))
    }
  }

  /// What the crosshair names, as many parts a line as fit.
  private func crosshairLines(width: Int) -> [String] {
    state.crosshairParts.reduce(into: []) { lines, part in
      if let last = lines.last, last.columns + 2 + part.columns <= width {
        lines[lines.count - 1] = last + "  " + part
      } else {
        lines.append(part)
      }
    }
  }

  /// The compared arms' losses first, then as many others as there is room for.
  private func losses(room: Int) -> String {
    let arms = state.shown.arms
    let pair = [state.shownPair.left, state.shownPair.right].compactMap(\.self)
    let others = arms.filter { arm in !pair.contains { $0.id == arm.id } }
    var text = ""
    for (index, arm) in (pair + others).enumerated() {
      let part = "\(arm.letter) \(Shown.loss(arm.newestLoss))"
      let rest = arms.count - index
      let more = "+\(rest)"
      let isLast = rest == 1
      guard text.columns + part.columns + (isLast ? 0 : 2 + more.columns) <= room else {
        return text + more
      }
      text += part + (isLast ? "" : "  ")
    }
    return text
  }

  /// The axis settings that fit whole beside the title.
  private func settings(_ scene: ChartScene, _ title: String, _ area: Rectangle) -> String {
    var text = ""
    for part in scene.settings where title.columns + text.columns + part.columns + 10 <= area.width
    {
      text += (text.isEmpty ? "" : "  ") + part
    }
    return text
  }
}
