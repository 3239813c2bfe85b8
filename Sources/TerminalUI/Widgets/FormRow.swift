/// One setting of a form: label, value, unit, and below it an error when there is one.
package struct FormRow: Widget {
  package enum Value: Hashable, Sendable {
    /// Typed text.
    case text(TextEditor)
    /// One of a list, changed by left and right.
    case choice(String)
    case toggle(Bool)
  }

  package var label: String
  package var value: Value
  package var unit: String
  package var error: String?
  package var isFocused: Bool
  package var labelWidth: Int
  package var fieldWidth: Int

  package init(
    _ label: String, value: Value, unit: String = "", error: String? = nil,
    isFocused: Bool = false, labelWidth: Int = 12, fieldWidth: Int = 16
  ) {
    self.label = label
    self.value = value
    self.unit = unit
    self.error = error
    self.isFocused = isFocused
    self.labelWidth = labelWidth
    self.fieldWidth = fieldWidth
  }

  /// Rows the setting takes.
  package var height: Int { error == nil ? 1 : 2 }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let (labelArea, field, rest) = parts(area)
    let role: Role = isFocused ? .accent : .muted
    buffer.write(label.shortened(to: labelWidth), in: labelArea, style: Style(role))
    drawValue(on: &buffer, in: field)
    buffer.write(unit, in: rest, style: Style(.muted))
    if let error {
      let (_, line) = area.row(1).cutLeft(labelWidth + 1)
      buffer.write("! " + error, in: line, style: Style(.alert))
    }
  }

  /// Where the caret stands; for `Frame.cursor`.
  package func cursor(in area: Rectangle) -> Position? {
    guard case .text(let editor) = value else { return nil }
    return TextField(editor, isFocused: isFocused).cursor(in: parts(area).field)
  }

  private func parts(_ area: Rectangle) -> (label: Rectangle, field: Rectangle, rest: Rectangle) {
    let (label, afterLabel) = area.row(0).cutLeft(labelWidth + 1)
    let (field, afterField) = afterLabel.cutLeft(fieldWidth)
    return (label, field, afterField.cutLeft(1).1)
  }

  private func drawValue(on buffer: inout CellBuffer, in field: Rectangle) {
    let style = Style(.text, on: isFocused ? .field : .standard)
    switch value {
    case .text(let editor):
      TextField(editor, isFocused: isFocused).draw(on: &buffer, in: field)
    case .choice(let name):
      let shown = name.shortened(to: field.width - 4)
      buffer.write(isFocused ? "< \(shown) >" : "  \(shown)", in: field, style: style)
    case .toggle(let isOn):
      buffer.write(isOn ? "[x]" : "[ ]", in: field, style: style)
    }
  }
}
