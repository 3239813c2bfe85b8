/// The text and caret of a one-line input; pure, so that reducers can hold it.
package struct TextEditor: Hashable, Sendable {
  package private(set) var text: String
  /// UTF-8 bytes before the caret, which stands between characters.
  private var offset: Int

  /// Longer texts are cut: no name or command is as long.
  private static let longest = 1 << 16

  package init(_ text: String = "") {
    self.text = text
    offset = text.utf8.count
  }

  /// Characters before the caret.
  package var caret: Int { text[..<place].count }

  /// What stands before the caret, and after it.
  package var halves: (before: Substring, after: Substring) { (text[..<place], text[place...]) }

  /// Applies a key and says whether it meant anything here; every printable key does.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .pasted(let pasted): insert(Self.oneLine(pasted))
    case .backspace: if place > text.startIndex { remove(from: text.index(before: place)) }
    case .delete, .control("d"):
      if place < text.endIndex { text.remove(at: place) }
    case .left, .control("b"): if place > text.startIndex { move(to: text.index(before: place)) }
    case .right, .control("f"): if place < text.endIndex { move(to: text.index(after: place)) }
    case .home, .control("a"): offset = 0
    case .end, .control("e"): offset = text.utf8.count
    case .control("u"):
      text = String(text[place...])
      offset = 0
    case .control("k"): text = String(text[..<place])
    case .control("w"): removeWord()
    default: return false
    }
    // A mark that has joined the character before it has taken the caret's place: go behind both.
    while offset < text.utf8.count, String.Index(place, within: text) == nil { offset += 1 }
    return true
  }

  /// Replaces everything and puts the caret at the end.
  package mutating func replace(with text: String) { self = TextEditor(text) }

  private var place: String.Index { text.utf8.index(text.startIndex, offsetBy: offset) }

  private mutating func move(to place: String.Index) {
    offset = text.utf8.distance(from: text.startIndex, to: place)
  }

  private mutating func insert(_ new: String) {
    guard text.utf8.count + new.utf8.count <= Self.longest else { return }
    text.insert(contentsOf: new, at: place)
    offset += new.utf8.count
  }

  /// Removes from `start` to the caret.
  private mutating func remove(from start: String.Index) {
    let end = place
    move(to: start)
    text.removeSubrange(start..<end)
  }

  private mutating func removeWord() {
    var start = place
    while let previous = character(before: start), previous == " " {
      start = text.index(before: start)
    }
    while let previous = character(before: start), previous != " " {
      start = text.index(before: start)
    }
    remove(from: start)
  }

  private func character(before index: String.Index) -> Character? {
    index > text.startIndex ? text[text.index(before: index)] : nil
  }

  /// A paste as one line: its line ends become blanks, other control characters go.
  private static func oneLine(_ pasted: String) -> String {
    var line = ""
    for scalar in pasted.unicodeScalars where line.utf8.count < longest - 4 {
      if scalar == "\n" || scalar == "\r" || scalar == "\t" {
        if !line.hasSuffix(" ") { line += " " }
      } else if scalar.isPrintable {
        line.unicodeScalars.append(scalar)
      }
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
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
      let before = visibleBefore(room: area.width)
      let rest = String(before) + String(editor.halves.after.prefix(area.width))
      buffer.write(rest, in: area, style: style)
      let mark = Style(.muted, on: style.background)
      // Where the text goes on beyond an edge, the edge says so.
      if before.startIndex > editor.text.startIndex {
        buffer.write("~", x: area.x, y: area.y, style: mark)
      }
      if (String(before) + String(editor.halves.after)).columns > area.width {
        buffer.write("~", x: area.right - 1, y: area.y, style: mark)
      }
    }
  }

  /// Where the caret stands when the field is drawn in `area`; for `Frame.cursor`.
  package func cursor(in area: Rectangle) -> Position? {
    guard isFocused, !area.isEmpty else { return nil }
    return Position(
      x: area.x + String(visibleBefore(room: area.width)).columns, y: area.y)
  }

  /// The characters before the caret that are not scrolled out, so that the caret has a cell.
  private func visibleBefore(room: Int) -> Substring {
    let before = editor.halves.before
    var (start, width) = (before.endIndex, 0)
    while start > before.startIndex {
      let previous = before.index(before: start)
      width += String(before[previous]).columns
      if width > room - 1 { break }
      start = previous
    }
    return before[start...]
  }
}
