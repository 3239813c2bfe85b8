import History
import RunModel
import TerminalUI

/// The first line: what trains, where it stands, how long it takes.
struct HeaderLine: Widget {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    buffer.fill(area, style: Style(.standard, on: .bar))
    let right = status(room: area.width)
    let room = max(0, area.width - right.columns - 1)
    var left = TextLine()
    left.append("magmascope", .title)
    for part in about {
      // Whole, or at least what stands before the comma.
      let forms = [part, String(part.prefix { $0 != "," })]
      let rest = room - left.columns - 3
      guard let fitting = forms.first(where: { $0.columns <= rest }) else { break }
      left.append("   " + fitting, .muted)
    }
    left.draw(on: &buffer, in: area.cutLeft(room).0)
    right.draw(on: &buffer, in: area, align: .right)
  }

  /// What trains, the most telling first.
  private var about: [String] {
    let configuration = state.shown.configuration
    var parts = [what]
    if configuration.tunedBy != nil, !state.shown.isExploratory {
      parts.append("each at its own best rate")
    }
    if let summary = state.shown.summary {
      parts.append(summary.dataDescription)
    }
    if configuration.schedule.kind == .cosine { parts.append("cosine") }
    if let statistics = state.statistics {
      parts.append(
        "\(Shown.number(statistics.framesPerSecond)) fps  "
          + "frame \(Shown.number(statistics.frameMilliseconds)) ms  "
          + "\(Shown.count(Int(statistics.bytesPerFrame))) B/frame  "
          + "ui \(Shown.number(statistics.cpuShare * 100)) %")
    }
    return parts
  }

  private var what: String {
    let configuration = state.shown.configuration
    guard configuration.descriptor.isLanguage else { return configuration.workload }
    let model = configuration.model
    let name = model.size?.rawValue ?? "d\(model.width)L\(model.layers)"
    if state.size.width < 72 { return name }
    let size = state.shown.summary.map { " " + Shown.count($0.parameterCount) } ?? ""
    return "\(model.architecture.rawValue) \(name)\(size)"
  }

  private func status(room: Int) -> TextLine {
    let run = state.shown
    var line = TextLine()
    if run.isExploratory, room >= 60 { line.append("EXPLORATORY  ", .warning) }
    line.append(phase.text, phase.role, .bold)
    let share = run.budget > 0 ? Int(Double(run.step) / Double(run.budget) * 100) : 0
    line.append(
      room >= 60 ? "  step \(run.step)/\(run.budget)" : " \(run.step)/\(run.budget)", .text)
    if room >= 60 { line.append("  \(share)%", .text) }
    if run.configuration.seeds > 1 {
      line.append("  \(run.configuration.seeds) seeds", .text)
    }
    if let left = run.secondsLeft, state.replay == nil, room >= 60 {
      line.append("  ETA \(Shown.duration(left))", .text)
    }
    line.append(" ")
    return line
  }

  private var phase: (text: String, role: Role) {
    if state.replay != nil { return ("WAIT", .warning) }
    return switch state.shown.phase {
    case .starting: ("START", .muted)
    case .training: ("RUN", .good)
    case .paused: ("PAUSE", .warning)
    case .finished(.completed): ("DONE", .strong)
    case .finished(.stopped): ("STOPPED", .warning)
    case .finished(.everyArmDiverged): ("DIVERGED", .alert)
    case .interrupted: ("STOPPED", .warning)
    case .failed: ("FAILED", .alert)
    }
  }
}

/// The second line: screens on the left, panes or often used keys on the right.
struct TabLine: Widget {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    var end = area.x
    for tab in layout.tabSpans {
      let isShown = tab.screen == state.screen
      end = buffer.write(
        tab.text, x: area.x + tab.x, y: area.y,
        style: isShown ? Style(.accent, .bold) : Style(.muted))
    }
    let rest = area.cutLeft(end - area.x).1
    if let whole = layout.lonePanelTitle {
      let title = whole.shortened(to: max(0, rest.width - 5))
      TextLine([TextRun("Tab", .key), TextRun(" \(title)", .strong)])
        .draw(on: &buffer, in: rest, align: .right)
    } else if rest.width > 48 {
      var line = TextLine()
      for (key, label) in [("n", "new"), ("p", "presets"), (":", "command"), ("?", "help")] {
        line.append(key, .key)
        line.append(" \(label)   ", .muted)
      }
      line.draw(on: &buffer, in: rest, align: .right)
    }
  }
}
