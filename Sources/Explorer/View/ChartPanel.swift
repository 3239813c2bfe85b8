import Charts
import TerminalUI

/// A chart scene with its axes in a framed rectangle.
struct ChartPanel: Widget {
  let scene: ChartScene
  /// The letter of every arm, for the ASCII alphabet.
  let letters: [Character]
  var isFocused = false
  /// Said at the left of the top edge instead of the scene's title.
  var title: String?
  var note: String?
  /// What the marks stand for, in the lower edge.
  var foot: [TextLine] = []
  /// Whether the axes are left out where the panel is too small for them.
  private let smallest = Size(width: 16, height: 4)

  init(
    _ scene: ChartScene, letters: [Character], isFocused: Bool = false, title: String? = nil,
    note: String? = nil, foot: [TextLine] = []
  ) {
    self.scene = scene
    self.letters = letters
    self.isFocused = isFocused
    self.title = title
    self.note = note
    self.foot = foot
  }

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: title ?? scene.title, note: note ?? scene.settings.joined(separator: "  "),
      foot: scene.marks.isEmpty ? [] : foot, focused: isFocused)
    drawContents(on: &buffer, in: inside)
  }

  /// Axes and marks without the frame.
  func drawContents(on buffer: inout CellBuffer, in inside: Rectangle) {
    guard inside.width >= 8, inside.height >= 2 else { return }
    let hasAxes = inside.width >= smallest.width && inside.height >= smallest.height
    let plotHeight = inside.height - (hasAxes ? 1 : 0)
    let yTicks = hasAxes ? verticalTicks(height: plotHeight) : []
    let gutter = yTicks.isEmpty ? 0 : (yTicks.map(\.label.columns).max() ?? 0) + 1
    let plot = Rectangle(
      x: inside.x + gutter, y: inside.y, width: inside.width - gutter, height: plotHeight)
    drawVerticalTicks(yTicks, on: &buffer, in: inside, plot: plot)
    if hasAxes { drawHorizontalTicks(on: &buffer, y: inside.bottom - 1, plot: plot) }
    PlotArea(scene: scene, letters: letters).draw(on: &buffer, in: plot)
    if let sentence = scene.note, !sentence.isEmpty {
      sayNothing(sentence, on: &buffer, in: plot)
    }
  }

  private func verticalTicks(height: Int) -> [Tick] {
    guard height > 1 else { return [] }
    return Ticks.fitting(
      scene.yAxis.scale, length: Double(height - 1), gap: height > 8 ? 1 : 0,
      limit: max(2, height / 3)
    ) { _ in 1 }
  }

  private func drawVerticalTicks(
    _ ticks: [Tick], on buffer: inout CellBuffer, in inside: Rectangle, plot: Rectangle
  ) {
    for tick in ticks {
      let y = plot.bottom - 1 - Int((tick.position * Double(plot.height - 1)).rounded())
      let place = Rectangle(x: inside.x, y: y, width: plot.x - inside.x - 1, height: 1)
      buffer.write(tick.label, in: place, align: .right, style: Style(.muted))
      for x in stride(from: plot.x, to: plot.right, by: 4) {
        buffer.write("·", x: x, y: y, style: Style(.grid))
      }
    }
  }

  private func drawHorizontalTicks(on buffer: inout CellBuffer, y: Int, plot: Rectangle) {
    let name = scene.xAxis.label
    let ticks = Ticks.fitting(
      scene.xAxis.scale, length: Double(plot.width), gap: 2, limit: max(2, plot.width / 9)
    ) { Double($0.columns) }
    for tick in ticks {
      buffer.write(
        tick.label, x: plot.x + Int(tick.labelStart.rounded()), y: y, style: Style(.muted))
    }
    nameAxis(name, after: ticks, on: &buffer, y: y, plot: plot)
  }

  /// Writes the axis's name in the widest gap between its labels.
  private func nameAxis(
    _ name: String, after ticks: [Tick], on buffer: inout CellBuffer, y: Int, plot: Rectangle
  ) {
    guard ticks.count >= 2 else { return }
    let (left, right) = (ticks[ticks.count - 2], ticks[ticks.count - 1])
    let start = plot.x + Int(left.labelStart.rounded()) + left.label.columns + 1
    let end = plot.x + Int(right.labelStart.rounded()) - 1
    guard end - start >= name.columns else { return }
    buffer.write(
      name, in: Rectangle(x: start, y: y, width: end - start, height: 1), align: .centre,
      style: Style(.faint))
  }
}
