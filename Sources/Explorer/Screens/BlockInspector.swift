import History
import RunModel
import Statistics
import TerminalUI

/// The selected block: what it is, how its coins fell, and charts of it and of the probes.
struct BlockInspector: Widget {
  let state: ExplorerState
  let arm: ArmMoment

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let blocks = state.shown.blocks
    guard blocks.indices.contains(state.selectedBlock) else { return }
    let block = blocks[state.selectedBlock]
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
    if let tally = arm.tally(index), tally.row.isMasked {
      lines += coins(tally)
      if tally.row.score.isFinite {
        let scale = Shown.share(Double(tally.row.scale), decimals: 3)
        let score = Shown.share(Double(tally.row.score), decimals: 3)
        lines.append(TextLine("damping s \(scale)   score \(score)"))
      }
    } else {
      let reason = block.isMaskable ? "not masked in this arm" : "not maskable"
      lines.append(TextLine("\(reason): every update is applied", .muted))
    }
    let norm = Shown.rate(state.figure(.updateNorm, of: index, in: arm))
    let distance = Shown.number(state.figure(.distance, of: index, in: arm))
    lines.append(TextLine("update norm \(norm)   distance travelled \(distance)"))
    return lines + probes(index, isTall: size.height >= 12)
  }

  /// What the probes last said of this arm, the newest first: there may be room for one line only.
  private func probes(_ block: Int, isTall: Bool) -> [TextLine] {
    state.shown.probes.latest(of: arm.id).flatMap { reading in
      let text = ProbeText(reading: reading, block: block)
      if isTall { return [TextLine(text.figures), TextLine("  " + text.occasion, .muted)] }
      return [TextLine([TextRun(text.figures, .text), TextRun("  " + text.occasion, .muted)])]
    }
  }

  /// `masked .482 of 340, expected .50  -0.7 sd`; without deviations where a coin decided for less
  /// than the block.
  private func coins(_ tally: BlockTally) -> [TextLine] {
    guard arm.dropsUpdates, let rate = tally.maskRate else { return [] }
    let count = Double(tally.maskedCount)
    let text =
      "masked \(Shown.share(rate, decimals: 3)) of \(tally.maskedCount), "
      + "expected \(Shown.share(tally.expectedSum / count))"
    guard arm.track?.coins.hasPartialShares == false, let distance = tally.deviations else {
      return [TextLine(text)]
    }
    let isOdd = abs(distance) > MaskExpectation.alarmDeviations
    return [
      TextLine([
        TextRun(text, .text),
        TextRun("  \(Shown.deviations(distance)) sd", isOdd ? .alert : .muted),
      ])
    ]
  }
}
