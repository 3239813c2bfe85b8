/// The text and caret of a one-line input; pure, so that reducers can hold it.
package struct TextEditor: Hashable, Sendable {
  package private(set) var text: String
  /// Characters before the caret.
  package private(set) var caret: Int

  package init(_ text: String = "") {
    self.text = text
    caret = text.count
  }

  /// Applies a key and says whether it meant anything here; every printable key does.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(character)
    case .backspace: remove(before: true)
    case .delete, .control("d"): remove(before: false)
    case .left, .control("b"): caret = max(0, caret - 1)
    case .right, .control("f"): caret = min(text.count, caret + 1)
    case .home, .control("a"): caret = 0
    case .end, .control("e"): caret = text.count
    case .control("u"):
      text = String(text.dropFirst(caret))
      caret = 0
    case .control("k"): text = String(text.prefix(caret))
    case .control("w"): removeWord()
    default: return false
    }
    return true
  }

  /// Replaces everything and puts the caret at the end.
  package mutating func replace(with text: String) { self = TextEditor(text) }

  private mutating func insert(_ character: Character) {
    let before = text.count
    text.insert(character, at: text.index(text.startIndex, offsetBy: caret))
    // A combining mark joins the character before it: the caret then has nowhere to go.
    caret += max(0, text.count - before)
  }

  private mutating func remove(before: Bool) {
    let place = before ? caret - 1 : caret
    guard place >= 0, place < text.count else { return }
    text.remove(at: text.index(text.startIndex, offsetBy: place))
    caret = min(place, text.count)
  }

  private mutating func removeWord() {
    while caret > 0, character(caret - 1) == " " { remove(before: true) }
    while caret > 0, character(caret - 1) != " " { remove(before: true) }
  }

  private func character(_ place: Int) -> Character {
    text[text.index(text.startIndex, offsetBy: place)]
  }
}

/// A one-line input as seen: scrolls sideways so that the caret is always visible.
package struct TextField: Widget {
  package var editor: TextEditor
  package var placeholder: String
  package var isFocused: Bool

  package init(_ editor: TextEditor, placeholder: String = "", isFocused: Bool = true) {
    self.editor = editor
    self.placeholder = placeholder
    self.isFocused = isFocused
  }

  package func draw(on buffer: inout CellBuffer, in area: Rectangle) {
    let style = Style(.text, on: isFocused ? .field : .standard)
    buffer.fill(area.row(0), style: style)
    if editor.text.isEmpty {
      buffer.write(placeholder, in: area, style: Style(.faint, on: style.background))
    } else {
      let hidden = firstCharacter(room: area.width)
      buffer.write(String(editor.text.dropFirst(hidden)), in: area, style: style)
    }
  }

  /// Where the caret stands when the field is drawn in `area`; for `Frame.cursor`.
  package func cursor(in area: Rectangle) -> Position? {
    guard isFocused, !area.isEmpty else { return nil }
    let hidden = firstCharacter(room: area.width)
    let before = editor.text.prefix(editor.caret).dropFirst(hidden)
    return Position(x: area.x + String(before).columns, y: area.y)
  }

  /// How many characters are scrolled out on the left so that the caret has a cell.
  private func firstCharacter(room: Int) -> Int {
    var hidden = 0
    let before = Array(editor.text.prefix(editor.caret))
    var width = before.reduce(0) { $0 + String($1).columns }
    while hidden < before.count, width > room - 1 {
      width -= String(before[hidden]).columns
      hidden += 1
    }
    return hidden
  }
}
