import Charts
import RunModel
import TerminalUI

/// The selected block: what it is, how its coins fell, how its alignment moves.
struct BlockInspector: Widget {
  let state: ExplorerState
  let arm: ArmRecord

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let summary = state.run.summary, summary.blocks.indices.contains(state.selectedBlock)
    else { return }
    let block = summary.blocks[state.selectedBlock]
    let textWidth = area.width >= 110 ? 56 : max(38, area.width / 2)
    let (left, right) = area.cutLeft(min(textWidth, area.width))
    let inside = buffer.box(left, title: block.shortName, note: block.role.rawValue)
    for (index, line) in lines(block, width: inside.width).prefix(inside.height).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
    if right.width >= 20 { drawAlignment(on: &buffer, in: right) }
  }

  private func lines(_ block: BlockDescriptor, width: Int) -> [TextLine] {
    let shape = block.shape.map(String.init).joined(separator: " x ")
    var lines = [
      TextLine(block.name.shortened(to: width), .text),
      TextLine("\(shape) = \(Shown.count(block.count)) parameters", .muted),
    ]
    let index = state.selectedBlock
    if arm.blocks.isMasked(index) {
      lines += coins(index)
      let scale = state.figure(.scale, of: index, in: arm)
      if let latest = arm.blocks.latest[index], scale != nil {
        lines.append(
          TextLine(
            "damping s \(Shown.share(scale, decimals: 3))   score \(Shown.share(Double(latest.score), decimals: 3))"
          ))
      }
    } else {
      lines.append(TextLine("never masked: every update is applied", .muted))
    }
    let norm = Shown.rate(state.figure(.updateNorm, of: index, in: arm))
    let distance = Shown.number(state.figure(.distance, of: index, in: arm))
    lines.append(TextLine("update norm \(norm)   distance travelled \(distance)"))
    return lines + probes(index)
  }

  /// What the probes last said of this arm, the newest first: there may be room for one line only.
  private func probes(_ block: Int) -> [TextLine] {
    state.run.readings.reversed().filter { $0.arm == arm.index }.map { reading in
      let text = ProbeText(reading: reading, block: block)
      return TextLine([TextRun(text.figures, .text), TextRun("  " + text.occasion, .muted)])
    }
  }

  /// `masked .482 of 340 coins, expected .500, -0.7 sd`.
  private func coins(_ block: Int) -> [TextLine] {
    guard let mask = arm.maskProbability, let rate = arm.blocks.history.maskRate(block: block)
    else { return [] }
    let count = arm.blocks.coinCount
    let deviation = (mask * (1 - mask) / Double(max(1, count))).squareRoot()
    let distance = deviation > 0 ? (rate - mask) / deviation : 0
    let text = "masked \(Shown.share(rate, decimals: 3)) of \(count), expected \(Shown.share(mask))"
    let isOdd = abs(distance) > 4
    return [
      TextLine([
        TextRun(text, .text),
        TextRun("  \(Shown.deviations(distance)) sd", isOdd ? .alert : .muted),
      ])
    ]
  }

  private func drawAlignment(on buffer: inout CellBuffer, in area: Rectangle) {
    let width = max(1, area.width - 8)
    let age = state.blockAge(arm) ?? 0
    let points = (0..<min(width * 2, arm.blocks.history.stepCount)).reversed().compactMap {
      back -> ChartPoint? in
      guard let step = arm.blocks.history.step(age: age + back),
        let value = arm.blocks.history.cell(block: state.selectedBlock, age: age + back).alignment
      else { return nil }
      return ChartPoint(x: Double(step), y: value)
    }
    var scene = ChartScene(
      title: "alignment of this block",
      xAxis: ChartAxis("step", .holding(points.map(\.x), .linear)),
      yAxis: ChartAxis(
        "cos", .holding(points.map(\.y) + [arm.alignmentNull ?? 0], .linear).padded(by: 0.05)))
    if let null = arm.alignmentNull {
      scene.marks.append(.rule(RuleMark(.horizontal(null), label: "noise", tone: .expectation)))
    }
    scene.marks.append(.line(LineMark(points, tone: .arm(arm.index), stroke: .thin)))
    if points.isEmpty { scene.note = "none: this block is not masked" }
    let panel = ChartPanel(scene, letters: state.run.arms.map(\.letter), note: "last steps")
    buffer.draw(panel, in: area)
  }
}
