import RunModel
import TerminalUI

/// The set-up form over the whole window: general fields, then one column per arm where they fit.
struct FormView {
  let form: Form
  let state: ExplorerState

  private static let labelWidth = 12
  private static let columnWidth = 37

  /// Draws the form and says where the text cursor stands.
  func draw(on buffer: inout CellBuffer) -> Position? {
    let about = form.purpose == .sweep ? form.sweepSize : "same data and start for all arms"
    let note = buffer.width >= 60 ? about : ""
    let inside = buffer.box(
      buffer.bounds, title: form.purpose.title, note: note, focused: true)
    let footer = min(3, max(2, inside.height - 8))
    let (body, bottom) = inside.cutBottom(footer)
    var cursor: Position?
    for (column, area) in zip(columns(width: body.width), areas(body)) {
      cursor = draw(column, on: &buffer, in: area) ?? cursor
    }
    drawFooter(on: &buffer, in: bottom)
    return cursor
  }

  private enum Row {
    case heading(String)
    case field(FormField, index: Int)
  }

  private func columnCount(width: Int) -> Int {
    max(1, min(1 + form.armCount, width / Self.columnWidth))
  }

  private func areas(_ body: Rectangle) -> [Rectangle] {
    body.columns(Array(repeating: .share(1), count: columnCount(width: body.width)))
  }

  /// Fields with headings, dealt to columns: the general ones first, then arm after arm.
  private func columns(width: Int) -> [[Row]] {
    let count = columnCount(width: width)
    var columns = [[Row]](repeating: [], count: count)
    var group = ""
    for (index, field) in form.fields.enumerated() {
      let column = column(of: field, count: count)
      if field.group != group {
        group = field.group
        columns[column].append(.heading(heading(field)))
      }
      columns[column].append(.field(field, index: index))
    }
    return columns
  }

  private func column(of field: FormField, count: Int) -> Int {
    guard count > 1 else { return 0 }
    if let arm = FormTexts.armIndex(of: field.id) { return 1 + arm % (count - 1) }
    return field.group == "arms" ? count - 1 : 0
  }

  private func heading(_ field: FormField) -> String {
    guard let arm = FormTexts.armIndex(of: field.id) else { return field.group }
    let (base, wrapper, isMatched) = FormTexts.parts(arm: arm, form.texts)
    let name = wrapper.map { "\($0)(\(base))" } ?? base
    return "\(field.group): " + (isMatched ? "matched(\(name))" : name)
  }

  private func draw(
    _ rows: [Row], on buffer: inout CellBuffer, in area: Rectangle
  ) -> Position? {
    let inside = area.inset(horizontally: 1, vertically: 0)
    let first = firstRow(rows, height: inside.height)
    var y = inside.y
    var cursor: Position?
    for row in rows.dropFirst(first) where y < inside.bottom {
      let line = Rectangle(
        x: inside.x, y: y, width: inside.width, height: min(2, inside.bottom - y))
      switch row {
      case .heading(let text):
        buffer.write(text.shortened(to: line.width), in: line, style: Style(.title))
        y += 1
      case .field(let field, let index):
        let widget = self.widget(field, isFocused: index == form.focus, width: line.width)
        buffer.draw(widget, in: line)
        if index == form.focus, field.choices == nil { cursor = widget.cursor(in: line) }
        y += widget.height
      }
    }
    if first > 0 { buffer.write("↑", x: inside.right - 1, y: inside.y, style: Style(.accent)) }
    if y >= inside.bottom, rows.count - first > inside.height {
      buffer.write("↓", x: inside.right - 1, y: inside.bottom - 1, style: Style(.accent))
    }
    return cursor
  }

  /// Scrolls a column so that its focused field, and an error under it, are in view.
  private func firstRow(_ rows: [Row], height: Int) -> Int {
    let heights = rows.map { row -> Int in
      guard case .field(let field, _) = row else { return 1 }
      return form.errors[field.id] == nil ? 1 : 2
    }
    let place = rows.firstIndex { row in
      guard case .field(_, let index) = row else { return false }
      return index == form.focus
    }
    guard let place, heights.reduce(0, +) > height else { return 0 }
    var first = place
    var used = heights[place]
    while first > 0, used + heights[first - 1] <= height * 2 / 3 {
      first -= 1
      used += heights[first]
    }
    var last = rows.count
    var tail = 0
    while last > 0, tail + heights[last - 1] <= height {
      last -= 1
      tail += heights[last]
    }
    return min(first, last)
  }

  private func widget(_ field: FormField, isFocused: Bool, width: Int) -> FormRow {
    let text = form.text(field.id)
    let value: FormRow.Value
    if case .button = field.accepts {
      return FormRow(
        field.label, value: .choice(isFocused ? "Enter" : ""), isFocused: isFocused,
        labelWidth: 20, fieldWidth: 9)
    } else if field.choices != nil, case .flag = field.setting.kind {
      value = .toggle(text == "true")
    } else if field.choices != nil {
      value = .choice(text)
    } else {
      value = .text(isFocused ? form.editor : TextEditor(text))
    }
    // Choices stand two columns in, between their arrows; texts are brought under them.
    var indent = 0
    if case .text = value { indent = 2 }
    let room = max(8, min(18, width - Self.labelWidth - 2)) - indent
    return FormRow(
      field.label, value: value, unit: field.unit, error: form.errors[field.id],
      isFocused: isFocused, labelWidth: Self.labelWidth + indent, fieldWidth: room)
  }

  private func drawFooter(on buffer: inout CellBuffer, in area: Rectangle) {
    let inside = area.inset(horizontally: 1, vertically: 0)
    let help = Wrapping.lines(form.focusedField.help, width: inside.width)
    for (index, line) in help.prefix(inside.height - 1).enumerated() {
      buffer.write(line, in: inside.row(index), style: Style(.text))
    }
    let hints = KeyHints([
      KeyHints.Hint("Enter", "start", priority: 9), KeyHints.Hint("Tab", "next field", priority: 7),
      KeyHints.Hint("Left Right", "change", priority: 6),
      KeyHints.Hint("Esc", "leave", priority: 8),
    ])
    buffer.draw(hints, in: inside.row(inside.height - 1))
  }
}
