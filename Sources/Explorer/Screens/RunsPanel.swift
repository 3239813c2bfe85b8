import RunModel
import TerminalUI

/// What one arm's row in the table of runs says, at the step that is shown.
struct ArmFigures {
  let validation, training, rate, effectiveRate: Double?
  let stepsPerSecond, tokensPerSecond, cpuPerStep, cpuRatio: Double?

  init(_ arm: ArmRecord, _ state: ExplorerState) {
    let step = Double(state.settings.scrub ?? max(arm.track.step, 0))
    let smoothing = state.settings.smoothing
    validation = arm.validation.value(at: step)?.last
    training = arm.track.loss.value(at: step)?.smoothed(smoothing)
    rate = arm.track.learningRate.value(at: step)?.last
    effectiveRate = arm.track.effectiveRate.value(at: step)?.last
    stepsPerSecond = arm.pace.stepsPerSecond
    let tokens = Double(state.run.summary?.tokensPerStep ?? 0)
    tokensPerSecond = tokens > 0 ? stepsPerSecond.map { $0 * tokens } : nil
    cpuPerStep = arm.track.cpuPerStep
    let first = state.run.arms.first?.track.cpuPerStep
    cpuRatio = cpuPerStep.flatMap { own in first.map { own / $0 } }
  }
}

/// The table of arms: losses, rates, speed, cost.
struct RunsPanel: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let isFocused = state.pane == .runs
    let inside = buffer.box(
      area, title: "runs", note: isFocused ? "Space hide" : "", focused: isFocused)
    if inside.width < 34 {
      drawNarrow(on: &buffer, in: inside)
    } else {
      drawTable(on: &buffer, in: inside)
    }
  }

  private func drawTable(on buffer: inout CellBuffer, in area: Rectangle) {
    let columns: [Table.Column] = [
      Table.Column("  arm", priority: .max), Table.Column("val", align: .right, priority: 10),
      Table.Column("train", align: .right, priority: 5),
      Table.Column("lr", align: .right, priority: 6),
      Table.Column("eff.lr", align: .right, priority: 9),
      Table.Column("it/s", align: .right, priority: 7),
      Table.Column("tok/s", align: .right, priority: 4),
      Table.Column("ms/step", align: .right, priority: 3),
      Table.Column("cpu", align: .right, priority: 8),
      Table.Column("state", align: .right, priority: 2),
    ]
    let rows = state.run.arms.map { row($0, nameRoom: area.width >= 60 ? 24 : 16) }
    let (table, rest) = area.cutTop(rows.count + 1)
    buffer.draw(Table(columns: columns, rows: rows, selected: state.selectedArm), in: table)
    drawNotes(on: &buffer, in: rest.cutTop(1).1)
  }

  private func row(_ arm: ArmRecord, nameRoom: Int) -> [TextLine] {
    let figures = ArmFigures(arm, state)
    let lane = Role.lane(arm.index)
    let isHidden = state.hiddenArms[arm.index]
    let name = TextLine([
      TextRun(isHidden ? "  " : "• ", lane), TextRun("\(arm.letter) ", lane, .bold),
      TextRun(arm.name.shortened(to: nameRoom), isHidden ? .muted : .text),
    ])
    let loss =
      arm.track.divergedStep.map { TextLine("div. @\($0)", .alert) }
      ?? TextLine(Shown.loss(figures.validation), .strong)
    return [
      name, loss, TextLine(Shown.loss(figures.training)), TextLine(Shown.rate(figures.rate)),
      TextLine(Shown.rate(figures.effectiveRate), arm.isMasking ? .accent : .text),
      TextLine(Shown.number(figures.stepsPerSecond)),
      TextLine(Shown.number(figures.tokensPerSecond)),
      TextLine(Shown.number(figures.cpuPerStep)),
      TextLine(figures.cpuRatio.map { "x" + Shown.ratio($0) } ?? "-"),
      TextLine(stateBytes(arm).map(Shown.bytes) ?? "-"),
    ]
  }

  private func stateBytes(_ arm: ArmRecord) -> Int? {
    let arms = state.run.summary?.arms ?? []
    return arms.indices.contains(arm.index) ? arms[arm.index].stateBytes : nil
  }

  /// Two or three lines an arm, for narrow panels.
  private func drawNarrow(on buffer: inout CellBuffer, in area: Rectangle) {
    var lines: [TextLine] = []
    let each = area.height / max(1, state.run.arms.count)
    for arm in state.run.arms {
      let figures = ArmFigures(arm, state)
      let lane = Role.lane(arm.index)
      let isSelected = arm.index == state.selectedArm
      let isHidden = state.hiddenArms[arm.index]
      var head = TextLine([
        TextRun(isSelected ? ">" : " ", .accent), TextRun("\(arm.letter) ", lane, .bold),
        TextRun(arm.name, isHidden ? .faint : .text),
      ])
      if each < 2 { head.append("  \(Shown.loss(figures.validation))", .strong) }
      lines.append(head)
      guard each >= 2 else { continue }
      if let step = arm.track.divergedStep {
        lines.append(TextLine("   diverged at \(step)", .alert))
      } else {
        lines.append(
          TextLine([
            TextRun("   val   ", .muted), TextRun(Shown.loss(figures.validation), .strong),
          ]))
      }
      if each >= 3 {
        lines.append(
          TextLine([
            TextRun("   eff.lr ", .muted),
            TextRun(Shown.rate(figures.effectiveRate), arm.isMasking ? .accent : .text),
          ]))
      }
      if each >= 4 {
        lines.append(
          TextLine([TextRun("   lr     ", .muted), TextRun(Shown.rate(figures.rate), .text)]))
      }
      if each >= 5 {
        lines.append(
          TextLine([
            TextRun("   it/s \(Shown.number(figures.stepsPerSecond))", .muted),
            TextRun("  cpu x\(Shown.ratio(figures.cpuRatio ?? .nan))", .muted),
          ]))
      }
    }
    for (index, line) in lines.prefix(area.height).enumerated() {
      line.draw(on: &buffer, in: area.row(index))
    }
  }

  private func drawNotes(on buffer: inout CellBuffer, in area: Rectangle) {
    let notes = RunNotes(state: state, width: area.width).lines
    for (index, line) in notes.prefix(area.height).enumerated() {
      line.draw(on: &buffer, in: area.row(index))
    }
  }
}

/// What is said under the table: how to read it, what each arm is, what happened.
struct RunNotes {
  let state: ExplorerState
  let width: Int

  var lines: [TextLine] {
    var lines: [TextLine] = []
    if let floor = state.run.summary?.entropyFloor {
      lines.append(
        TextLine([
          TextRun("floor ", .muted), TextRun(Shown.loss(floor), .expectation),
          TextRun("  the best any model can reach", .muted),
        ]))
    }
    if state.run.arms.contains(where: \.isMasking) {
      lines.append(TextLine("eff.lr  lr x keep x s of the masked blocks", .muted))
    }
    lines.append(TextLine("cpu     cost of a step against the first arm", .muted))
    let memory = MemoryRow(state: state)
    if state.run.summary != nil { lines.append(memory.line) }
    lines.append(TextLine(""))
    for arm in state.run.arms { lines += description(of: arm) }
    if !state.run.marks.marks.isEmpty {
      lines += [TextLine(""), TextLine("events", .title)]
      lines += state.run.marks.marks.suffix(6).map {
        TextLine("#\($0.number) step \($0.step)  \($0.label)", .mark)
      }
    }
    if !memory.total.isEmpty { lines += [TextLine(""), TextLine(memory.total, .muted)] }
    return lines
  }

  private func description(of arm: ArmRecord) -> [TextLine] {
    let settings = arm.specification.writtenKeys.compactMap { key in
      arm.specification.values[key].map { "\(key) \(Shown.setting($0))" }
    }
    var text = settings.joined(separator: "  ")
    if let mask = arm.maskProbability, !arm.specification.writtenKeys.contains("mask") {
      text += "  mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
    }
    if let tau = arm.tau, !arm.specification.writtenKeys.contains("tau") {
      text += "  tau \(compactDecimal(tau))"
    }
    return [
      TextLine([
        TextRun("\(arm.letter) ", .lane(arm.index), .bold),
        TextRun(text.trimmingBlanks.shortened(to: max(4, width - 2)), .text),
      ])
    ]
  }
}
