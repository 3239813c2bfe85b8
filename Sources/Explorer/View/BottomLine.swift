import RunModel
import TerminalUI

/// The line for messages, questions and typed commands; in a narrow window it covers the hints.
struct BottomLine {
  let state: ExplorerState
  let layout: ScreenLayout

  /// Draws it and says where the text cursor stands.
  func draw(on buffer: inout CellBuffer) -> Position? {
    let area = layout.message
    switch state.modal {
    case .command(let line): return prompt(":", line.editor, note(line), on: &buffer, in: area)
    case .filter(let editor):
      return prompt("/", editor, "Enter keep, Esc clear", on: &buffer, in: area)
    case .runFilter(let editor):
      return prompt("/", editor, "text, lr>1e-3, size:tiny, masked", on: &buffer, in: area)
    case .naming(_, let editor):
      return prompt("name ", editor, "Enter keeps the run for good", on: &buffer, in: area)
    case .confirmDelete(let run):
      clear(area, &buffer)
      TextLine([
        TextRun("delete \(run.name)? ", .warning), TextRun("y", .key),
        TextRun(" yes, for good  ", .text),
        TextRun("any other key", .key), TextRun(" no", .text),
      ]).draw(on: &buffer, in: area)
    case .confirmBranch(let order):
      clear(area, &buffer)
      TextLine([
        TextRun(order.question + " ", .warning), TextRun("Enter", .key), TextRun(" yes  ", .text),
        TextRun("Esc", .key), TextRun(" no", .text),
      ]).draw(on: &buffer, in: area)
    case .help, .verdict, .difference, .note, .presets, .form, nil:
      drawMessage(on: &buffer, in: area)
    }
    return nil
  }

  private func clear(_ area: Rectangle, _ buffer: inout CellBuffer) { buffer.fill(area) }

  private func prompt(
    _ mark: String, _ editor: TextEditor, _ note: String, on buffer: inout CellBuffer,
    in area: Rectangle
  ) -> Position? {
    clear(area, &buffer)
    buffer.write(mark, x: area.x, y: area.y, style: Style(.key))
    let (field, rest) = area.cutLeft(1).1.cutLeft(
      min(max(16, editor.text.columns + 2), area.width - 1))
    let widget = TextField(editor)
    buffer.draw(widget, in: field)
    buffer.write(
      note.shortened(to: rest.width - 1), x: rest.x + 1, y: rest.y, style: Style(.muted))
    return widget.cursor(in: field)
  }

  private func note(_ line: CommandLine) -> String {
    if let error = line.error { return "! " + error }
    let found = state.completions(line.editor.text)
    return found.prefix(8).joined(separator: " ") + (found.count > 8 ? " ..." : "")
  }

  private func drawMessage(on buffer: inout CellBuffer, in area: Rectangle) {
    let isShared = layout.message == layout.hints
    if let message = state.message {
      let text = (message.isAlert ? "! " : "") + message.text
      let style = Style(message.isAlert ? .alert : .text)
      // What a row cannot hold goes on upwards, over the screen: a path or a refusal is read whole.
      let lines = Wrapping.lines(text, width: max(1, area.width)).suffix(area.y + 1)
      for (index, line) in lines.enumerated() {
        let row = Rectangle(
          x: area.x, y: area.y - lines.count + 1 + index, width: area.width, height: 1)
        clear(row, &buffer)
        buffer.write(line.shortened(to: row.width), in: row, style: style)
      }
    } else if let scrub = state.settings.scrub {
      clear(area, &buffer)
      let text = "viewing step \(scrub), live is \(state.history.newestStep)   End: back to live"
      buffer.write(text.shortened(to: area.width), in: area, style: Style(.warning, .bold))
    } else if !isShared {
      standing.draw(on: &buffer, in: area)
    }
  }

  /// What is said when there is nothing new: the last event, and what the comparison is worth.
  private var standing: TextLine {
    var line = TextLine()
    if state.screen == .sweep {
      let directory = state.sweep?.directory ?? ""
      return TextLine(directory.isEmpty ? "" : "kept in \(directory)", .muted)
    }
    if let mark = state.shown.marks.last {
      line.append("#\(mark.number) step \(mark.step) \(mark.label)", .mark)
      line.append("   ")
    }
    if state.shown.isExploratory {
      line.append("EXPLORATORY: changed while it ran. R reruns clean", .warning)
    } else {
      line.append(VerdictLines.short(state), .muted)
    }
    return line
  }
}
