import History
import Metrics
import RunModel
import TerminalUI

/// What one arm's row in the table of runs says.
struct ArmFigures {
  let validation, training, rate, effectiveRate, meanEffectiveRate: Double?
  let stepsPerSecond, tokensPerSecond, cpuPerStep, cpuRatio: Double?

  init(_ arm: ArmMoment, _ moment: RunMoment, _ smoothing: SmoothingLevel) {
    let track = arm.track
    validation = arm.newestLoss
    training = track?.curves?.loss.newest?.smoothed(smoothing)
    rate = track?.row?.learningRate
    effectiveRate = track?.row?.effectiveLearningRate
    meanEffectiveRate = track?.meanEffectiveRate
    stepsPerSecond = track?.curves?.pace.stepsPerSecond
    let tokens = Double(moment.summary?.tokensPerStep ?? 0)
    tokensPerSecond = tokens > 0 ? stepsPerSecond.map { $0 * tokens } : nil
    cpuPerStep = track?.cpuPerStep
    let first = moment.arms.first?.track?.cpuPerStep
    cpuRatio = cpuPerStep.flatMap { own in first.map { own / $0 } }
  }
}

/// The table of arms: losses, rates, speed, cost.
struct RunsPanel: Widget {
  let state: ExplorerState
  var isFocused = false

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = buffer.box(
      area, title: "arms", note: isFocused ? "Space hide" : "", focused: isFocused)
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
      Table.Column("mean", align: .right, priority: 6),
      Table.Column("it/s", align: .right, priority: 7),
      Table.Column("tok/s", align: .right, priority: 4),
      Table.Column("ms/step", align: .right, priority: 3),
      Table.Column("cpu", align: .right, priority: 8),
      Table.Column("state", align: .right, priority: 2),
    ]
    let rows = state.shown.arms.map { row($0, nameRoom: area.width >= 60 ? 24 : 16) }
    let isCut = rows.count + 1 > area.height
    let (table, rest) = area.cutTop(isCut ? area.height - 1 : rows.count + 1)
    buffer.draw(Table(columns: columns, rows: rows, selected: state.selectedArm), in: table)
    guard !isCut else { return sayMore(rows.count - table.height + 1, on: &buffer, in: rest) }
    drawNotes(on: &buffer, in: rest.cutTop(1).1)
  }

  private func sayMore(_ count: Int, on buffer: inout CellBuffer, in area: Rectangle) {
    buffer.write(
      "\(count) more (a: next, f: full)".shortened(to: area.width), in: area.row(0),
      style: Style(.muted))
  }

  private func row(_ arm: ArmMoment, nameRoom: Int) -> [TextLine] {
    let figures = ArmFigures(arm, state.shown, state.settings.smoothing)
    let lane = Role.lane(arm.place)
    let isHidden = state.isHidden(arm)
    let name = TextLine([
      TextRun(isHidden ? "  " : "• ", lane), TextRun("\(arm.letter) ", lane, .bold),
      TextRun(arm.name.shortened(to: nameRoom), isHidden ? .muted : .text),
    ])
    let loss =
      arm.divergedStep.map { TextLine("div. @\($0)", .alert) }
      ?? TextLine(Shown.loss(figures.validation), .strong)
    return [
      name, loss, TextLine(Shown.loss(figures.training)), TextLine(Shown.rate(figures.rate)),
      TextLine(Shown.rate(figures.effectiveRate), arm.isMasking ? .accent : .text),
      TextLine(Shown.rate(figures.meanEffectiveRate), arm.isMasking ? .accent : .text),
      TextLine(Shown.number(figures.stepsPerSecond)),
      TextLine(Shown.number(figures.tokensPerSecond)),
      TextLine(Shown.number(figures.cpuPerStep)),
      TextLine(figures.cpuRatio.map { "x" + Shown.ratio($0) } ?? "-"),
      TextLine(arm.stateBytes.map(Shown.bytes) ?? "-"),
    ]
  }

  /// Two or three lines an arm, for narrow panels.
  private func drawNarrow(on buffer: inout CellBuffer, in area: Rectangle) {
    var lines: [TextLine] = []
    let moment = state.shown
    let each = area.height / max(1, moment.arms.count)
    for arm in moment.arms {
      let figures = ArmFigures(arm, moment, state.settings.smoothing)
      let lane = Role.lane(arm.place)
      let isSelected = arm.place == state.selectedArm
      let isHidden = state.isHidden(arm)
      var head = TextLine([
        TextRun(isSelected ? ">" : " ", .accent), TextRun("\(arm.letter) ", lane, .bold),
        TextRun(arm.name, isHidden ? .faint : .text),
      ])
      if each < 2 { head.append("  \(Shown.loss(figures.validation))", .strong) }
      lines.append(head)
      guard each >= 2 else { continue }
      if let step = arm.divergedStep {
        lines.append(TextLine("   diverged at \(step)", .alert))
      } else {
        lines.append(
          TextLine([
            TextRun("   val   ", .muted), TextRun(Shown.loss(figures.validation), .strong),
          ]))
      }
      if each >= 3 {
        var line = TextLine([
          TextRun("   eff.lr ", .muted),
          TextRun(Shown.rate(figures.effectiveRate), arm.isMasking ? .accent : .text),
        ])
        let mean = " mean \(Shown.rate(figures.meanEffectiveRate))"
        if line.columns + mean.columns <= area.width { line.append(mean, .muted) }
        lines.append(line)
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
    guard lines.count > area.height else {
      for (index, line) in lines.enumerated() { line.draw(on: &buffer, in: area.row(index)) }
      return
    }
    let room = max(0, area.height - 1)
    let first = min(max(0, state.selectedArm - room / 2), lines.count - room)
    for (index, line) in lines[first..<first + room].enumerated() {
      line.draw(on: &buffer, in: area.row(index))
    }
    sayMore(lines.count - room, on: &buffer, in: area.row(room))
  }

  private func drawNotes(on buffer: inout CellBuffer, in area: Rectangle) {
    let notes = Wrapping.whole(
      RunNotes(state: state, width: area.width).sentences, rows: area.height
    ) {
      TextLine("f: \($0) more lines".shortened(to: area.width), .muted)
    }
    for (index, line) in notes.enumerated() { line.draw(on: &buffer, in: area.row(index)) }
  }
}

/// What is said under the table: how to read it, what each arm is, what happened.
struct RunNotes {
  let state: ExplorerState
  let width: Int

  /// Each on lines of its own.
  var sentences: [[TextLine]] {
    let moment = state.shown
    var all: [[TextLine]] = []
    if let floor = moment.summary?.entropyFloor { all.append(self.floor(floor)) }
    if moment.arms.contains(where: \.isMasking) {
      all.append(note("eff.lr", "lr x keep x s of the masked blocks; mean over the run"))
    }
    all.append(note("cpu", "CPU per step relative to the first arm"))
    let memory = MemoryRow(state: state)
    if moment.summary != nil { all.append([memory.line(room: width)]) }
    all.append([TextLine("")])
    all += moment.arms.map { description(of: $0) }
    let marks = moment.marks
    if !marks.isEmpty {
      all += [[TextLine("")], [TextLine("events", .title)]]
      all += marks.suffix(6).map {
        [TextLine("#\($0.number) step \($0.step)  \($0.label)".shortened(to: width), .mark)]
      }
    }
    if !memory.total.isEmpty { all += [[TextLine("")], [TextLine(memory.total, .muted)]] }
    return all
  }

  private func floor(_ loss: Double) -> [TextLine] {
    let text = "the best any model can reach"
    var lines = [
      TextLine([TextRun("floor ", .muted), TextRun(Shown.loss(loss), .expectation)])
    ]
    if lines[0].columns + 2 + text.columns <= width {
      lines[0].append("  " + text, .muted)
    } else {
      lines.append(TextLine(text, .muted))
    }
    return lines
  }

  /// What a column holds, continued under its first word.
  private func note(_ column: String, _ text: String) -> [TextLine] {
    let indent = 8
    return Wrapping.lines(text, width: max(8, width - indent)).enumerated().map { index, part in
      let head = index == 0 ? column : ""
      return TextLine(head.padded(to: indent) + part, .muted)
    }
  }

  private func description(of arm: ArmMoment) -> [TextLine] {
    let keys = arm.specification.writtenKeys.filter { $0 != "mask" || arm.maskProbability == nil }
    let settings = keys.compactMap { key in
      arm.specification.values[key].map { "\(key) \(Shown.setting($0))" }
    }
    var text = settings.joined(separator: "  ")
    if let mask = arm.maskProbability {
      text += "  mask \(Shown.share(mask)) (keep \(Shown.share(1 - mask)))"
    }
    if let tau = arm.tau, !arm.specification.writtenKeys.contains("tau") {
      text += "  tau \(compactDecimal(tau))"
    }
    if text.isEmpty { text = "settings as by default" }
    return [
      TextLine([
        TextRun("\(arm.letter) ", .lane(arm.place), .bold),
        TextRun(text.trimmingBlanks.shortened(to: max(4, width - 2)), .text),
      ])
    ]
  }
}
