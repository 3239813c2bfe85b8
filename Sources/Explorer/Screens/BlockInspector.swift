import RunModel
import TerminalUI

/// The selected block: what it is, how its coins fell, and charts of it and of the probes.
struct BlockInspector: Widget {
  let state: ExplorerState
  let arm: ArmRecord

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    guard let summary = state.run.summary, summary.blocks.indices.contains(state.selectedBlock)
    else { return }
    let block = summary.blocks[state.selectedBlock]
    let textWidth = area.width >= 110 ? 52 : max(36, area.width / 2 - 4)
    let (left, right) = area.cutLeft(min(textWidth, area.width))
    let inside = buffer.box(left, title: block.shortName, note: block.role.rawValue)
    for (index, line) in lines(block, size: inside.size).prefix(inside.height).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
    if right.width >= 20 {
      buffer.draw(BlockCharts(state: state, arm: arm, first: state.blockChart), in: right)
    }
  }

  private func lines(_ block: BlockDescriptor, size: Size) -> [TextLine] {
    let shape = block.shape.map(String.init).joined(separator: " x ")
    var lines = [
      TextLine(block.name.shortened(to: size.width), .text),
      TextLine("\(shape) = \(Shown.count(block.count)) parameters", .muted),
    ]
    let index = state.selectedBlock
    if arm.blocks.isMasked(index) {
      lines += coins(index)
      if let latest = arm.blocks.latest[index], arm.hasDamping {
        let scale = Shown.share(state.figure(.scale, of: index, in: arm), decimals: 3)
        let score = Shown.share(Double(latest.score), decimals: 3)
        lines.append(TextLine("damping s \(scale)   score \(score)"))
      }
    } else {
      lines.append(TextLine("never masked: every update is applied", .muted))
    }
    let norm = Shown.rate(state.figure(.updateNorm, of: index, in: arm))
    let distance = Shown.number(state.figure(.distance, of: index, in: arm))
    lines.append(TextLine("update norm \(norm)   distance travelled \(distance)"))
    return lines + probes(index, isTall: size.height >= 12)
  }

  /// What the probes last said of this arm, the newest first: there may be room for one line only.
  private func probes(_ block: Int, isTall: Bool) -> [TextLine] {
    state.run.probes.latest.reversed().filter { $0.arm == arm.id }.flatMap { reading in
      let text = ProbeText(reading: reading, block: block)
      if isTall { return [TextLine(text.figures), TextLine("  " + text.occasion, .muted)] }
      return [TextLine([TextRun(text.figures, .text), TextRun("  " + text.occasion, .muted)])]
    }
  }

  /// `masked .482 of 340, expected .50  -0.7 sd`; without the expectation where coins are not alike.
  private func coins(_ block: Int) -> [TextLine] {
    guard arm.dropsUpdates, let rate = arm.blocks.history.maskRate(block: block) else { return [] }
    let count = arm.blocks.coinCount
    guard let mask = arm.maskProbability, state.throwsFairCoins(arm) else {
      return [TextLine("masked \(Shown.share(rate, decimals: 3)) of \(count) steps")]
    }
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
}
