import History
import RunModel
import Statistics
import TerminalUI

/// The arithmetic of the shown step for the selected block, with its numbers.
struct StepByHand: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let blocks = state.shown.blocks
    guard let arm = state.distributedArm, let tally = arm.tally(state.selectedBlock),
      blocks.indices.contains(state.selectedBlock)
    else {
      let inside = buffer.box(area, title: "one step by hand", focused: isFocused)
      return sayNothing(state.shown.absence ?? "no step yet", on: &buffer, in: inside)
    }
    let block = blocks[state.selectedBlock]
    let title = "one step by hand: \(block.shortName) of \(arm.letter)"
    let step = "step \(arm.track?.step ?? 0)"
    let inside = buffer.box(
      area, title: title,
      note: area.width >= title.columns + step.columns + 8 ? step : "", focused: isFocused)
    let arithmetic = Arithmetic(arm: arm, tally: tally, width: inside.width)
    let lines = arithmetic.lines + about(block, arm, tally, size: inside.size)
    let room = lines.count <= inside.height ? inside.height : inside.height - 1
    for (index, line) in lines.prefix(room).enumerated() {
      line.draw(on: &buffer, in: inside.row(index))
    }
    guard room < lines.count else { return }
    buffer.write(
      "f: \(lines.count - room) more lines", in: inside.row(room), style: Style(.muted))
  }

  /// What the block is, how its coins fell so far, and what the probes said.
  private func about(
    _ block: BlockDescriptor, _ arm: ArmMoment, _ tally: BlockTally, size: Size
  ) -> [TextLine] {
    let shape = block.shape.map(String.init).joined(separator: " x ")
    let kind = block.isMaskable ? "" : ", not maskable"
    return coins(arm, tally, width: size.width)
      + VerdictLines.wrapped(
        "\(block.role.rawValue)\(kind), \(shape) = \(Shown.count(block.count)) parameters",
        .muted, size.width)
      + [TextLine(block.name.shortened(to: size.width), .muted)]
      + probes(arm, width: size.width)
  }

  /// What the probes last said of this arm, the newest first.
  private func probes(_ arm: ArmMoment, width: Int) -> [TextLine] {
    state.shown.probes.latest(of: arm.id).flatMap { reading in
      let text = ProbeText(reading: reading, block: state.selectedBlock)
      return VerdictLines.wrapped(text.figures, .text, width)
        + Wrapping.lines(text.occasion, width: width - 2).map { TextLine("  " + $0, .muted) }
    }
  }

  /// `masked .482 of 340, expected .50  -0.7 sd`; without deviations where a coin decided for less
  /// than the block.
  private func coins(_ arm: ArmMoment, _ tally: BlockTally, width: Int) -> [TextLine] {
    guard arm.dropsUpdates, let rate = tally.maskRate else { return [] }
    let count = Double(tally.maskedCount)
    let text = "so far masked \(Shown.share(rate, decimals: 3)) of \(tally.maskedCount),"
    let expected = "expected \(Shown.share(tally.expectedSum / count))"
    var rest = TextLine(expected, .muted)
    if arm.track?.coins.hasPartialShares == false, let distance = tally.deviations {
      let isOdd = abs(distance) > MaskExpectation.alarmDeviations
      rest.append("  \(Shown.deviations(distance)) sd", isOdd ? .alert : .muted)
    }
    guard text.columns + 1 + rest.columns <= width else {
      return [TextLine(text, .muted), TextLine([TextRun("  ", .muted)] + rest.runs)]
    }
    return [TextLine([TextRun(text + " ", .muted)] + rest.runs)]
  }
}

/// A step of one block in formulas and numbers, from its row.
struct Arithmetic {
  let arm: ArmMoment
  let tally: BlockTally
  let width: Int

  private var row: BlockRow { tally.row }

  var lines: [TextLine] { cosine + score + coin + displacement }

  private var cosine: [TextLine] {
    guard row.alignment.isFinite else { return [TextLine("alignment: not measured", .muted)] }
    let (gradient, momentum) = (Double(row.gradientNorm), Double(row.momentumNorm))
    let cos = Double(row.alignment)
    var lines: [TextLine] = []
    if gradient.isFinite, momentum.isFinite {
      lines.append(
        TextLine([
          TextRun("|g| \(Shown.rate(gradient))   |mu| \(Shown.rate(momentum))", .text),
          TextRun("   g.mu \(Shown.rate(cos * gradient * momentum))", .text),
        ]))
    }
    var line = TextLine("cos = g.mu / (|g| |mu|) = ", .text)
    line.append(signed(cos), .strong, .bold)
    if let noise = arm.alignmentNull, width >= 48 {
      line.append("   noise \(Shown.share(noise, decimals: 3))", .expectation)
    }
    return lines + [line]
  }

  /// score = σ(cos/τ), s = ema·s₋ + (1 − ema)·score.
  private var score: [TextLine] {
    guard row.isMasked else { return [] }
    guard row.score.isFinite, let tau = arm.tau else {
      guard row.scale != 1 else { return [] }
      return [TextLine("no damping; kept updates x \(Shown.share(Double(row.scale), decimals: 3))")]
    }
    let score = Shown.share(Double(row.score), decimals: 3)
    let scale = Shown.share(Double(row.scale), decimals: 3)
    var lines = [
      TextLine([
        TextRun(
          "score = sigmoid(\(signed(Double(row.alignment))) / \(compactDecimal(tau))) = ", .text),
        TextRun(score, .strong, .bold),
      ])
    ]
    let ema = arm.specification.values["ema"]?.number
    let before = tally.previousScale.map(Double.init) ?? arm.specification.values["s0"]?.number
    if let ema, let before {
      let rest = Shown.share(1 - ema, decimals: 2)
      lines.append(
        TextLine([
          TextRun(
            "s = \(Shown.share(ema)) x \(Shown.share(before, decimals: 3)) + \(rest) x \(score) = ",
            .text), TextRun(scale, .strong, .bold),
        ]))
    } else {
      lines.append(TextLine([TextRun("s = ", .text), TextRun(scale, .strong, .bold)]))
    }
    return lines
  }

  private var coin: [TextLine] {
    guard row.isMasked else {
      return [TextLine("not masked in this arm: the update is applied", .muted)]
    }
    let keep = Shown.share(Double(row.keep))
    guard row.keep < 1 else { return [TextLine("no coin: the update is applied")] }
    switch row.keptShare {
    case 1:
      return [
        TextLine([
          TextRun("coin below keep \(keep): ", .text), TextRun("kept", .good, .bold),
        ])
      ]
    case 0:
      return [
        TextLine([
          TextRun("coin not below keep \(keep): ", .text), TextRun("MASKED", .warning, .bold),
        ])
      ]
    default:
      return [
        TextLine([
          TextRun("coins against keep \(keep): ", .text),
          TextRun("\(Shown.share(Double(row.keptShare), decimals: 3)) kept", .strong, .bold),
        ])
      ]
    }
  }

  /// ‖Δ‖ before and after the mask, ‖θ‖ and the distance so far.
  private var displacement: [TextLine] {
    let after = Double(row.updateNorm)
    var line = TextLine("|D| ", .text)
    if row.isMasked, row.keptShare == 1, row.scale > 0, row.scale != 1, after.isFinite {
      line.append("\(Shown.rate(after / Double(row.scale))) x s = ", .text)
    }
    line.append(after.isFinite ? Shown.rate(after) : "-", .strong, .bold)
    line.append(
      after == 0 && row.keptShare == 0 ? "   dropped: nothing moves" : "", .muted)
    let weight = tally.weightNorm.isFinite ? "   |w| \(Shown.number(Double(tally.weightNorm)))" : ""
    return [
      line, TextLine("distance so far \(Shown.number(tally.distance))\(weight)", .text),
    ]
  }

  private func signed(_ value: Double) -> String {
    let text = Shown.share(value, decimals: 3)
    return text.hasPrefix("-") ? text : "+" + text
  }
}
