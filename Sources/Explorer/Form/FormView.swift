import RunModel
import TerminalUI

/// The set-up form over the whole window: a line a setting, a column an arm.
struct FormView {
  let form: Form
  let state: ExplorerState

  private static let labelWidth = 13
  private static let leastColumn = 16
  private static let widestColumn = 26

  /// Draws the form and says where the text cursor stands.
  func draw(on buffer: inout CellBuffer) -> Position? {
    let about = form.purpose == .sweep ? form.sweepSize : "same data and start for all arms"
    let inside = buffer.box(
      buffer.bounds, title: form.purpose.title, note: buffer.width >= 60 ? about : "",
      focused: true)
    let (body, footer) = inside.inset(horizontally: 1, vertically: 0)
      .cutBottom(inside.height >= 14 ? 4 : 3)
    if form.isExplaining {
      explain(on: &buffer, in: body)
      return drawFooter(on: &buffer, in: footer)
    }
    let caret = drawLines(on: &buffer, in: body)
    return drawFooter(on: &buffer, in: footer) ?? caret
  }

  // MARK: Lines

  private func drawLines(on buffer: inout CellBuffer, in area: Rectangle) -> Position? {
    let lines = form.visibleLines
    let place = lines.firstIndex { $0.contains(form.focus) } ?? 0
    let first = min(max(0, place - area.height * 2 / 3), max(0, lines.count - area.height))
    let arms = shownArms(width: area.width - 1)
    var caret: Position?
    for (row, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      let (left, edge) = area.row(row).cutRight(1)
      // The names of the columns stay in view while their lines pass under them.
      if row == 0, first > 0, let heading = heading(of: line, lines), !line.contains(form.focus) {
        _ = draw(heading, arms, on: &buffer, in: left)
      } else {
        caret = draw(line, arms, on: &buffer, in: left) ?? caret
      }
      if row == 0, first > 0 { mark("↑", "^", on: &buffer, in: edge) }
      if row == area.height - 1, first + area.height < lines.count {
        mark("↓", "v", on: &buffer, in: edge)
      }
    }
    return caret
  }

  private func mark(
    _ glyph: String, _ plain: String, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    buffer.write(buffer.glyphs.isASCII ? plain : glyph, in: area, style: Style(.accent))
  }

  private func heading(of line: FormLine, _ lines: [FormLine]) -> FormLine? {
    lines.first { heading in
      guard case .heading = heading.cells else { return false }
      return heading.section == line.section
    }
  }

  /// The arms whose columns fit, the focused one among them, and how wide a column is.
  private func shownArms(width: Int) -> (range: Range<Int>, column: Int) {
    let room = max(Self.leastColumn, width - Self.labelWidth)
    let count = min(form.armCount, max(1, room / Self.leastColumn))
    let arm = FormTexts.armIndex(of: form.focus) ?? form.column
    let first = min(max(0, arm - count + 1), form.armCount - count)
    return (first..<first + count, min(Self.widestColumn, room / count))
  }

  private func draw(
    _ line: FormLine, _ arms: (range: Range<Int>, column: Int), on buffer: inout CellBuffer,
    in area: Rectangle
  ) -> Position? {
    let (label, cells) = area.cutLeft(Self.labelWidth)
    let isFocused = line.contains(form.focus)
    switch line.cells {
    case .heading:
      drawHeading(line, arms, on: &buffer, label, cells)
    case .fold(let field):
      let arrow = buffer.glyphs.isASCII ? "+" : "▸"
      buffer.write(
        "\(arrow) \(line.label)", in: label, style: Style(isFocused ? .accent : .key))
      let text = isFocused ? "\(field.setting.summary) (Enter)" : field.setting.summary
      buffer.write(text.shortened(to: cells.width), in: cells, style: Style(.muted))
    case .run(let field):
      write(line.label, isFocused: isFocused, on: &buffer, in: label)
      let wide = field.isPath || field.id == "preset" || field.setting.isFreeText
      let width = wide ? min(cells.width, 60) : min(cells.width, 2 * Self.leastColumn)
      return draw(field, isDifferent: false, on: &buffer, in: cells.cutLeft(width).0)
    case .arms(let fields):
      write(line.label, isFocused: isFocused, on: &buffer, in: label)
      let isDifferent = form.differs(line)
      var caret: Position?
      for (index, arm) in arms.range.enumerated() {
        let cell = column(index, arms.column, cells)
        if let field = fields[arm] {
          caret = draw(field, isDifferent: isDifferent, on: &buffer, in: cell) ?? caret
        } else {
          let style = Style(.faint)
          buffer.write(buffer.glyphs.isASCII ? "   ." : "   ·", in: cell, style: style)
        }
      }
      return caret
    }
    return nil
  }

  private func column(_ index: Int, _ width: Int, _ cells: Rectangle) -> Rectangle {
    cells.cutLeft(index * width).1.cutLeft(width).0
  }

  private func write(
    _ label: String, isFocused: Bool, on buffer: inout CellBuffer, in area: Rectangle
  ) {
    buffer.write(
      label.shortened(to: area.width - 1), in: area, style: Style(isFocused ? .accent : .muted))
  }

  /// `arms 1-2/4        a adam          m magma(adam)`
  private func drawHeading(
    _ line: FormLine, _ arms: (range: Range<Int>, column: Int), on buffer: inout CellBuffer,
    _ label: Rectangle, _ cells: Rectangle
  ) {
    guard line.section == .arms else {
      buffer.write(line.label, in: label, style: Style(.title))
      return
    }
    let shown = arms.range.count < form.armCount
    let (first, last) = (arms.range.lowerBound + 1, arms.range.upperBound)
    let which = first == last ? "\(first)" : "\(first)-\(last)"
    buffer.write(
      shown ? "arm \(which)/\(form.armCount)" : line.label, in: label, style: Style(.title))
    let lanes = form.lanes
    for (index, arm) in arms.range.enumerated() {
      let name = "   \(lanes[arm].letter) \(self.name(ofArm: arm))"
      let isAt = FormTexts.armIndex(of: form.focus) == arm
      buffer.write(
        name.shortened(to: arms.column - 1), in: column(index, arms.column, cells),
        style: Style(.lane(arm), isAt ? [.bold, .underline] : .bold))
    }
  }

  private func name(ofArm arm: Int) -> String {
    let (base, wrapper, isMatched) = FormTexts.parts(arm: arm, form.texts)
    let name = wrapper.map { "\($0)(\(base))" } ?? base
    return isMatched ? "matched(\(name))" : name
  }

  // MARK: Cells

  /// A mark, and the value in the rest: `*0.5` where the arms differ, `!x` where it is wrong.
  private func draw(
    _ field: FormField, isDifferent: Bool, on buffer: inout CellBuffer, in cell: Rectangle
  ) -> Position? {
    let isFocused = field.id == form.focus
    let isWrong = form.errors[field.id] != nil
    let rest = cell.cutLeft(1).1
    // Beside the value, but where the focused choice has its arrow.
    let flag = isFocused && field.choices != nil ? cell : rest
    if isWrong || isDifferent {
      buffer.write(
        isWrong ? "!" : "*", in: flag.cutLeft(1).0, style: Style(isWrong ? .alert : .accent, .bold))
    }
    let role: Role = isWrong ? .alert : isDifferent ? .strong : .text
    let style = Style(role, on: isFocused ? .field : .standard, isDifferent ? .bold : [])
    let value = rest.cutRight(1).0
    guard field.choices == nil else {
      let shown = name(field).shortened(to: max(1, value.width - 4))
      buffer.write(
        isFocused ? "< \(shown) >" : "  \(shown)", in: value.cutLeft(shown.columns + 4).0,
        style: style)
      return nil
    }
    let text = value.cutLeft(2).1
    return drawText(field, isFocused: isFocused, style, on: &buffer, in: text)
  }

  private func drawText(
    _ field: FormField, isFocused: Bool, _ style: Style, on buffer: inout CellBuffer,
    in area: Rectangle
  ) -> Position? {
    let (box, rest) = field.unit.isEmpty ? (area, area.cutLeft(area.width).1) : area.cutLeft(10)
    if isFocused {
      let widget = TextField(form.editor)
      buffer.draw(widget, in: box)
      buffer.write(field.unit, in: rest, style: Style(.muted))
      return form.search == nil && form.presetPath == nil ? widget.cursor(in: box) : nil
    }
    buffer.write(form.text(field.id).shortened(to: box.width), in: box, style: style)
    buffer.write(field.unit, in: rest, style: Style(.muted))
    return nil
  }

  private func name(_ field: FormField) -> String {
    guard case .flag = field.setting.kind else { return form.text(field.id) }
    return form.text(field.id) == "true" ? "on" : "off"
  }

  // MARK: Below

  private func explain(on buffer: inout CellBuffer, in area: Rectangle) {
    let field = form.focusedField
    var lines = [TextLine(field.label, .title)]
    lines += VerdictLines.wrapped(field.help, .text, area.width)
    if let error = form.errors[field.id] {
      lines += VerdictLines.wrapped("! " + error, .alert, area.width)
    }
    if case .problem(let reason)? = form.estimate {
      lines += [TextLine("")] + VerdictLines.wrapped("! " + reason, .alert, area.width)
    }
    for (index, line) in lines.prefix(area.height).enumerated() {
      line.draw(on: &buffer, in: area.row(index))
    }
  }

  /// What the field is, what the comparison would take, which keys there are.
  private func drawFooter(on buffer: inout CellBuffer, in area: Rectangle) -> Position? {
    let about = area.cutBottom(2).0
    for (index, line) in aboutField(room: about.size).enumerated() {
      line.draw(on: &buffer, in: about.row(index))
    }
    if let message = state.message {
      let text = (message.isAlert ? "! " : "") + message.text
      buffer.write(
        text.shortened(to: area.width), in: area.row(area.height - 2),
        style: Style(message.isAlert ? .alert : .text))
      return drawKeys(on: &buffer, in: area.row(area.height - 1))
    }
    let estimate = form.estimate?.text(room: area.width) ?? "measuring what it takes ..."
    let isProblem = if case .problem? = form.estimate { true } else { false }
    let known = form.weighed != nil
    buffer.write(
      known ? estimate.shortened(to: area.width) : "", in: area.row(area.height - 2),
      style: Style(isProblem ? .alert : known && form.estimate == nil ? .muted : .strong))
    return drawKeys(on: &buffer, in: area.row(area.height - 1))
  }

  /// The error of the field, how its path could go on, or its help; cut, the mark says where the rest is.
  private func aboutField(room: Size) -> [TextLine] {
    let field = form.focusedField
    let (text, role): (String, Role) =
      if let error = form.errors[field.id] {
        ("! " + error, .alert)
      } else if !form.completions.isEmpty {
        (form.completions.map(Self.lastPart).joined(separator: "  "), .text)
      } else {
        (field.help, .text)
      }
    let lines = Wrapping.lines(text, width: room.width)
    guard lines.count > room.height, room.height > 0 else {
      return lines.map { TextLine($0, role) }
    }
    let rest = "  ? all of it"
    let last = (lines[room.height - 1] + " " + lines[room.height])
      .shortened(to: room.width - rest.columns)
    return lines.prefix(room.height - 1).map { TextLine($0, role) }
      + [TextLine([TextRun(last, role), TextRun(rest, .key)])]
  }

  private static func lastPart(_ path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    return (parts.last ?? path) + (path.hasSuffix("/") ? "/" : "")
  }

  private func drawKeys(on buffer: inout CellBuffer, in area: Rectangle) -> Position? {
    if let search = form.search { return prompt("find ", search, on: &buffer, in: area) }
    if let path = form.presetPath { return prompt("save as ", path, on: &buffer, in: area) }
    let isPath = form.focusedField.isPath
    let hints = [
      KeyHints.Hint("Enter", form.focusedField.isFold ? "open" : "start", priority: 9),
      KeyHints.Hint("Tab", isPath ? "complete" : "next", priority: 7),
      KeyHints.Hint("Left Right", "change", priority: 3), KeyHints.Hint("/", "find", priority: 6),
      KeyHints.Hint("a", "add", priority: 5), KeyHints.Hint("d", "duplicate", priority: 4),
      KeyHints.Hint("x", "remove", priority: 5), KeyHints.Hint("w", "save preset", priority: 2),
      KeyHints.Hint("Esc", form.isEditing ? "undo" : "leave", priority: 8),
    ]
    buffer.draw(KeyHints(hints), in: area)
    return nil
  }

  private func prompt(
    _ mark: String, _ editor: TextEditor, on buffer: inout CellBuffer, in area: Rectangle
  ) -> Position? {
    let (label, rest) = area.cutLeft(mark.columns)
    buffer.write(mark, in: label, style: Style(.key))
    let (field, note) = rest.cutLeft(max(10, rest.width - 12))
    buffer.draw(TextField(editor), in: field)
    buffer.write("Enter Esc", in: note.cutLeft(1).1, style: Style(.muted))
    return TextField(editor).cursor(in: field)
  }
}
