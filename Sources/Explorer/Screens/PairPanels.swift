import Charts
import History
import Metrics
import RunModel
import TerminalUI

/// The two compared arms as two halves of one panel.
struct PairPanel {
  private let context: PanelContext

  init(_ context: PanelContext) { self.context = context }

  /// Hands each half to `half` with its arm and the other one.
  func draw(
    on buffer: inout CellBuffer, in area: Rectangle,
    _ half: (ArmMoment, ArmMoment, inout CellBuffer, Rectangle) -> Void
  ) {
    let state = context.state
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      let inside = buffer.box(area, title: context.spec.title, focused: context.isFocused)
      sayNothing("one arm: nothing to compare (n: add one)", on: &buffer, in: inside)
      return
    }
    let halves = area.columns([.share(1), .share(1)])
    half(left, right, &buffer, halves[0])
    half(right, left, &buffer, halves[1])
  }
}

/// An arm's curves on the axes of both, the other arm's behind it without colour.
struct PairLossPanel: Widget {
  let state: ExplorerState
  let arm, other: ArmMoment
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    var scene = state.lossScene(arms: [other.place, arm.place], width: area.width - 8)
    scene.marks = scene.marks.compactMap { behind($0, arm: other.place) }
    let figures = ArmFigures(arm, state.shown, state.settings.smoothing)
    let value = "val \(Shown.loss(figures.validation))"
    let rate = "eff.lr \(Shown.rate(figures.effectiveRate))"
    let title = "\(arm.letter) \(arm.name)"
    let room = area.width - title.columns - 8
    let note =
      [value + "  " + rate, value, Shown.loss(figures.validation)].first { $0.columns <= room }
    let isShort = note == nil
    buffer.draw(
      ChartPanel(
        scene, letters: state.shown.arms.map(\.symbol), isFocused: isFocused,
        title: isShort ? "\(arm.letter) \(Shown.loss(figures.validation))" : title,
        note: note ?? "", foot: state.lossLegend + [TextLine("grey: \(other.letter)", .muted)]),
      in: area)
  }

  /// Of the arm in the background only its leading curve is kept, thin and without a letter.
  private func behind(_ mark: ChartMark, arm: Int) -> ChartMark? {
    switch mark {
    case .line(var line) where line.tone == .arm(arm):
      guard line.stroke == .thick else { return nil }
      (line.tone, line.stroke, line.letter) = (.neutral, .thin, nil)
      return .line(line)
    case .band(let band) where band.tone == .arm(arm): return nil
    case .points(let points) where points.tone == .arm(arm): return nil
    case .line, .band, .points, .rule, .bars, .cells: return mark
    }
  }
}

/// Both losses as numbers, their difference, and in a second row the settings that differ.
struct PairNumbers: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let left = state.shownPair.left, let right = state.shownPair.right else { return }
    losses(left, right, room: area.width).draw(on: &buffer, in: area.row(0))
    let settings = DifferenceText.rows(left.specification, right.specification, state.catalog)
      .filter(\.isDifferent).map { "\($0.label) \($0.left)/\($0.right)" }
    var text = TextLine()
    text.append(settings.isEmpty ? "same settings" : "", .muted)
    for (index, part) in settings.enumerated() {
      let rest = settings.count - index
      let more = "d: \(rest) more"
      guard text.columns + part.columns + (rest > 1 ? more.columns + 2 : 0) <= area.width else {
        text.append(more, .muted)
        break
      }
      text.append(part + "  ", .muted)
    }
    text.draw(on: &buffer, in: area.row(1))
  }

  private func losses(_ left: ArmMoment, _ right: ArmMoment, room: Int) -> TextLine {
    let point = PairedCurve(left, right).last
    var line = TextLine()
    for arm in [left, right] {
      let name = room >= 100 ? " \(arm.name)" : ""
      line.append("\(arm.letter)\(name) ", .lane(arm.place), .bold)
      line.append(Shown.loss(arm.newestLoss) + "  ", .strong)
    }
    line.append("\(right.letter)-\(left.letter) ", .muted)
    line.append(Shown.difference(point?.difference), .strong, .bold)
    let unit = state.shown.configuration.lossUnit.suffix
    for part in [
      point.map { "\(unit) at step \($0.step)" } ?? "",
      "   below 0: \(right.letter) is lower", "   c: swap", "   W: \(state.windowText)",
    ] where line.columns + part.columns <= room {
      line.append(part, .muted)
    }
    return line
  }
}

/// The mean alignment of the right arm less that of the left, over the run.
struct AlignmentDifferencePanel: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let left = state.shownPair.left, let right = state.shownPair.right else {
      let inside = buffer.box(area, title: "difference of alignments", focused: isFocused)
      sayNothing("one arm: nothing to compare", on: &buffer, in: inside)
      return
    }
    let points = points(left, right, columns: max(16, area.width))
    let noise = right.alignmentNull.flatMap { own in left.alignmentNull.map { own - $0 } }
    let values = points.map(\.y).filter(\.isFinite) + [0, noise ?? 0]
    let end = Double(max(1, state.shown.budget))
    var scene = ChartScene(
      title: "", xAxis: ChartAxis("step", Scale(.linear, from: 0, to: end)),
      yAxis: ChartAxis("cos", Scale.holding(values, .linear).padded(by: 0.08)))
    scene.marks.append(
      .rule(RuleMark(.horizontal(noise ?? 0), label: "", tone: .expectation)))
    scene.marks.append(
      .line(LineMark(points, tone: .arm(right.place), stroke: .thick, letter: right.symbol)))
    if points.isEmpty {
      scene.marks = []
      scene.note = state.shown.absence ?? "not measured for both arms"
    }
    let title = "alignment of \(right.letter) minus that of \(left.letter)"
    let newest = points.last { $0.y.isFinite }.map { Shown.difference($0.y) } ?? ""
    buffer.draw(
      ChartPanel(
        scene, letters: state.shown.arms.map(\.symbol), isFocused: isFocused, title: title,
        note: area.width >= title.columns + newest.columns + 10 ? newest : "",
        foot: [
          TextLine("dashed: pure noise \(Shown.difference(noise))", .expectation),
          TextLine("above 0: \(right.letter) agrees more", .muted),
        ]), in: area)
  }

  /// Differences of the smoothed means, where both were measured.
  private func points(_ left: ArmMoment, _ right: ArmMoment, columns: Int) -> [ChartPoint] {
    guard let one = left.track?.curves?.alignment, let two = right.track?.curves?.alignment,
      !one.isEmpty, !two.isEmpty
    else { return [] }
    let range = 0...Double(max(1, state.shown.budget))
    let level = state.settings.smoothing
    return zip(one.columns(in: range, count: columns), two.columns(in: range, count: columns))
      .compactMap { left, right -> ChartPoint? in
        guard let left, let right, !left.isGap, !right.isGap else { return nil }
        return ChartPoint(x: right.lastX, y: right.smoothed(level) - left.smoothed(level))
      }
  }
}

/// The settings of both arms, those that differ first.
struct SettingsPanel: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: "settings that differ", note: area.width >= 44 ? "d: all  c: swap" : "",
      focused: isFocused)
    let lines = DifferenceText.lines(state)
    let room = lines.count <= inside.height ? inside.height : inside.height - 1
    for (index, line) in lines.prefix(room).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
    guard room < lines.count else { return }
    buffer.write(
      "d: \(lines.count - room) more lines", in: inside.row(room), style: Style(.muted))
  }
}

/// The losses of the compared arms in digits that can be read from afar.
struct DigitsPanel: Widget {
  let state: ExplorerState
  let title: String

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(area, title: title, note: "step \(state.shownStep)")
    let arms = [state.shownPair.left, state.shownPair.right].compactMap(\.self)
    let places = inside.columns(arms.map { _ in .share(1) })
    for (arm, place) in zip(arms, places) { draw(arm, on: &buffer, in: place) }
  }

  private func draw(_ arm: ArmMoment, on buffer: inout CellBuffer, in area: Rectangle) {
    let loss = Shown.loss(arm.newestLoss)
    let style = Style(.lane(arm.place), .bold)
    let name = "\(arm.letter) \(arm.name)"
    guard area.height >= 6, area.width >= BigDigits.columns(loss) + 2 else {
      let text = name.columns + loss.columns + 2 <= area.width ? "\(name)  \(loss)" : loss
      buffer.write(text, in: area.row(area.height / 2), align: .centre, style: style)
      return
    }
    let top = (area.height - 6) / 2
    buffer.write(
      name.shortened(to: area.width), in: area.row(top), align: .centre, style: style)
    BigDigits.draw(
      loss, on: &buffer,
      in: Rectangle(
        x: area.x + (area.width - BigDigits.columns(loss)) / 2, y: area.y + top + 1,
        width: BigDigits.columns(loss), height: 5), style: style)
  }
}

/// Digits five rows high.
enum BigDigits {
  private static let shapes: [Character: [String]] = [
    "0": ["####", "#  #", "#  #", "#  #", "####"], "1": ["  # ", " ## ", "  # ", "  # ", " ###"],
    "2": ["####", "   #", "####", "#   ", "####"], "3": ["####", "   #", " ###", "   #", "####"],
    "4": ["#  #", "#  #", "####", "   #", "   #"], "5": ["####", "#   ", "####", "   #", "####"],
    "6": ["####", "#   ", "####", "#  #", "####"], "7": ["####", "   #", "  # ", " #  ", " #  "],
    "8": ["####", "#  #", "####", "#  #", "####"], "9": ["####", "#  #", "####", "   #", "####"],
    ".": [" ", " ", " ", " ", "#"], "-": ["    ", "    ", "####", "    ", "    "],
  ]

  static func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + (shapes[$1]?[0].count ?? 4) + 1 }
  }

  static func draw(
    _ text: String, on buffer: inout CellBuffer, in area: Rectangle, style: Style
  ) {
    let full: Unicode.Scalar = buffer.glyphs.isASCII ? "#" : "█"
    var x = area.x
    for character in text {
      let shape = shapes[character] ?? Array(repeating: "    ", count: 5)
      for (line, row) in shape.enumerated() {
        for (column, dot) in row.enumerated() where dot == "#" {
          buffer[x + column, area.y + line] = Cell(full, style)
        }
      }
      x += shape[0].count + 1
    }
  }
}
