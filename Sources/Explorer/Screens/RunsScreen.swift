import Charts
import RunModel
import TerminalUI

/// Screen 6: every kept run, forks under what they were branched off; open, overlay, name or delete one.
struct RunsScreen {
  let state: ExplorerState
  let layout: ScreenLayout

  func draw(on buffer: inout CellBuffer) {
    let list = state.runList
    let visible = list.rows
    let total = list.entries?.count ?? 0
    let note =
      (list.filter.isEmpty ? "\(total)" : "\(visible.count) of \(total)  /\(list.filter)")
      + "  \(list.order.title)" + (list.isReversed ? ", reversed" : "")
    let inside = buffer.box(layout.body, title: "kept runs", note: note, focused: true)
    guard list.entries != nil else { return sayNothing("reading ...", on: &buffer, in: inside) }
    guard !visible.isEmpty else {
      let reason =
        total == 0
        ? "no run is kept yet"
        : "no run matches '\(list.filter.shortened(to: 40))' (Esc: all)"
      return sayNothing(reason, on: &buffer, in: inside)
    }
    let detailRows = inside.height >= 12 ? 4 : inside.height >= 7 ? 2 : 0
    let (top, bottom) = inside.cutBottom(detailRows)
    drawTable(visible, on: &buffer, in: top)
    guard let chosen = list.chosen, detailRows > 0 else { return }
    for (index, line) in details(chosen, width: bottom.width).prefix(bottom.height).enumerated() {
      line.draw(on: &buffer, in: bottom.row(index))
    }
  }

  private func drawTable(
    _ visible: [RunList.Row], on buffer: inout CellBuffer, in area: Rectangle
  ) {
    let columns: [Table.Column] = [
      Table.Column("  run", priority: .max), Table.Column("arms", priority: 6),
      Table.Column("size", priority: 2), Table.Column("loss over time", priority: 5),
      Table.Column("last", align: .right, priority: 10),
      Table.Column("best", align: .right, priority: 3),
      Table.Column("step", align: .right, priority: 7), Table.Column("state", priority: 9),
      Table.Column("age", align: .right, priority: 8), Table.Column("from", priority: 4),
    ]
    let room = max(1, area.height - 1)
    let selected = state.runList.selected
    let first = min(max(0, selected - room / 2), max(0, visible.count - room))
    let rows = visible[first...].prefix(room).map { row($0, nameRoom: max(14, area.width / 3)) }
    buffer.draw(Table(columns: columns, rows: Array(rows), selected: selected - first), in: area)
  }

  private func row(_ row: RunList.Row, nameRoom: Int) -> [TextLine] {
    let run = row.run
    let isShown = run.directory == state.place.directory
    let last = run.losses.map { Shown.loss($0.last) }.joined(separator: " ")
    return [
      TextLine([
        TextRun(isShown ? "* " : run.isNamed ? "+ " : "  ", .accent),
        TextRun(branch(row.depth), .faint),
        TextRun(
          run.name.shortened(to: max(8, nameRoom - 2 * row.depth)),
          run.isNamed ? .strong : .text),
      ]),
      TextLine(
        run.configuration.arms.map(\.name).joined(separator: ", ").shortened(to: 20), .text),
      TextLine(size(run.configuration), .muted),
      TextLine(Sparkline.text(run.losses.first ?? [], columns: 14, state.options.glyphs)),
      TextLine(last.shortened(to: 24)), TextLine(Shown.loss(run.bestLoss), .strong),
      TextLine("\(run.step)/\(run.configuration.steps)"),
      TextLine(run.outcome, run.outcome == "interrupted" ? .warning : .text),
      TextLine(Shown.age(run.age), .muted),
      TextLine((run.origin.map { "\($0.run)@\($0.step)" } ?? "").shortened(to: 24), .muted),
    ]
  }

  private func size(_ configuration: RunConfiguration) -> String {
    configuration.descriptor.isLanguage
      ? configuration.model.size?.rawValue ?? "custom" : configuration.workload
  }

  /// How deep a fork stands under the run it comes from.
  private func branch(_ depth: Int) -> String {
    guard depth > 0 else { return "" }
    let shown = min(depth, 4)
    return String(repeating: "  ", count: shown - 1)
      + (state.options.glyphs.isASCII ? "`-" : "└─")
  }

  private func details(_ run: RunEntry, width: Int) -> [TextLine] {
    let model = run.configuration.model.size?.rawValue ?? "custom size"
    let arms = run.configuration.lanes.map { "\($0.letter) \($0.name)" }.joined(separator: "   ")
    return [
      TextLine(arms.shortened(to: width), .strong),
      TextLine(
        "\(run.configuration.workload)  \(model)  "
          + "\(Shown.counted(run.configuration.seeds, "seed"))  "
          + "\(run.configuration.schedule.kind.rawValue)", .text),
      TextLine(run.directory.shortened(to: width), .muted),
      keys(width),
    ]
  }

  /// As many as have room whole; help lists them all.
  private func keys(_ width: Int) -> TextLine {
    var line = TextLine()
    for (key, what) in [
      ("Enter", "open"), ("P", "overlay"), ("w", "name"), ("x", "delete"), ("/", "filter"),
      ("Right", "order"), ("B", "reverse"),
    ] where line.columns + key.count + what.count + 1 <= width {
      line.append(key, .key)
      line.append(" " + what + "  ", .muted)
    }
    return line
  }
}

/// A curve in one row of cells.
enum Sparkline {
  /// The last value of every stretch, from the least (low) to the greatest (high).
  static func text(_ values: [Double], columns: Int, _ glyphs: GlyphTier) -> String {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), columns > 0 else { return "" }
    let steps: [Character] = Array(glyphs.isASCII ? "_.-=^" : "▁▂▃▄▅▆▇█")
    let count = min(columns, values.count)
    return String(
      (0..<count).map { column in
        let value = values[(column + 1) * values.count / count - 1]
        guard value.isFinite else { return " " }
        let share = high > low ? (value - low) / (high - low) : 0
        return steps[min(steps.count - 1, Int(share * Double(steps.count)))]
      })
  }
}

extension Shown {
  /// How long ago: `8s`, `12m`, `3h`, `5d`.
  static func age(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(max(0, seconds)))s"
    case ..<3_600: "\(Int(seconds / 60))m"
    case ..<86_400: "\(Int(seconds / 3_600))h"
    default: "\(Int(seconds / 86_400))d"
    }
  }
}
