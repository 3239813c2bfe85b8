import RunModel
import TerminalUI

/// Help, verdict, difference of settings, list of presets: over the screen, one at a time.
struct Overlays {
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer, below layout: ScreenLayout) -> Position? {
    let area = buffer.bounds
    let width = min(area.width, 100) - 4
    switch state.modal {
    case .help(let offset):
      show("help", HelpText.lines(state, width: min(width, 76)), offset, on: &buffer)
    case .verdict(let offset):
      show(
        state.screen == .sweep ? "how far to trust this sweep" : "how far to trust this comparison",
        VerdictLines.shown(state, width: width), offset, on: &buffer
      )
    case .difference(let offset):
      show("how the arms differ", DifferenceText.lines(state), offset, on: &buffer)
    case .note(let title, let text, let offset):
      show(title, Wrapping.paragraphs(text, width: width), offset, on: &buffer)
    case .presets(let list): return PresetListView(list: list, state: state).draw(on: &buffer)
    case .command, .filter, .runFilter, .naming, .confirmDelete, .confirmBranch, .form, nil: break
    }
    return nil
  }

  private func show(
    _ title: String, _ lines: [TextLine], _ offset: Int, on buffer: inout CellBuffer
  ) {
    let note = buffer.width >= 60 ? "Esc close" : "Esc"
    buffer.draw(
      Overlay(title: title, note: note, lines: lines, offset: offset), in: buffer.bounds)
  }
}

/// The presets with what the selected one is about.
struct PresetListView {
  let list: PresetList
  let state: ExplorerState

  func draw(on buffer: inout CellBuffer) -> Position? {
    let entries = list.visible(state.presets)
    let bounds = buffer.bounds
    let about = aboutLines(entries, width: min(bounds.width, 96) - 4)
    let wanted = max(4, entries.count) + about.count + 4
    let place = bounds.centred(width: 96, height: wanted)
    buffer.fill(place)
    let note = place.width >= 70 ? "Enter start  n edit  / filter  Esc" : "Enter  Esc"
    let inside = buffer.box(place, title: "presets", note: note, focused: true)
      .inset(horizontally: 1, vertically: 0)
    var (top, bottom) = inside.cutBottom(min(about.count + 1, inside.height / 2))
    var cursor: Position?
    if list.isFiltering || !list.filter.text.isEmpty {
      let (line, rest) = top.cutTop(1)
      let x = buffer.write("/", x: line.x, y: line.y, style: Style(.key))
      let field = TextField(list.filter, isFocused: list.isFiltering)
      let fieldArea = Rectangle(x: x, y: line.y, width: line.width - 1, height: 1)
      buffer.draw(field, in: fieldArea)
      cursor = field.cursor(in: fieldArea)
      top = rest
    }
    buffer.draw(ListView(entries.map(line), selected: list.selected), in: top)
    if entries.isEmpty { buffer.write("no preset matches", in: top, style: Style(.muted)) }
    for (index, text) in about.enumerated() {
      text.draw(on: &buffer, in: bottom.row(index + 1))
    }
    buffer.rule(bottom)
    bottom = bottom.row(0)
    return cursor
  }

  private func line(_ entry: PresetEntry) -> TextLine {
    let isShown = entry.configuration == state.configuration
    return TextLine([
      TextRun((isShown ? "*" : " ") + entry.name.padded(to: 22) + " ", .strong),
      TextRun(entry.configuration.title, .text),
    ])
  }

  private func aboutLines(_ entries: [PresetEntry], width: Int) -> [TextLine] {
    guard entries.indices.contains(list.selected) else { return [] }
    let configuration = entries[list.selected].configuration
    var lines = Wrapping.lines(configuration.about, width: width).map { TextLine($0) }
    let arms = configuration.lanes.map { "\($0.letter) \($0.name)" }.joined(separator: "   ")
    lines.append(TextLine("\(configuration.steps) steps   \(arms)".shortened(to: width), .muted))
    return lines
  }
}

/// Words into lines.
enum Wrapping {
  /// A word that no line holds, such as a path, goes on in the next.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
    for word in words.flatMap({ pieces(String($0), width: width) }) {
      if let last = lines.last, last.columns + 1 + word.columns <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  /// Lines that a single word may take.
  private static let longest = 64

  private static func pieces(_ word: String, width: Int) -> [String] {
    guard width > 0, word.columns > width else { return [word] }
    var pieces = [""]
    var used = 0
    for character in word.prefix(Self.longest * width) {
      let columns = String(character).columns
      if used + columns > width, used > 0 {
        pieces.append("")
        used = 0
      }
      pieces[pieces.count - 1].append(character)
      used += columns
    }
    return pieces
  }

  /// A text whose line ends are kept.
  static func paragraphs(_ text: String, width: Int) -> [TextLine] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      line.isEmpty ? [TextLine("")] : VerdictLines.wrapped(String(line), .strong, width)
    }
  }

  /// As many sentences, wrapped before, as fit in full; where lines are left out, the last row says
  /// how many and what to press.
  static func whole(
    _ sentences: [[TextLine]], rows: Int, rest: (Int) -> TextLine
  ) -> [TextLine] {
    let all = Array(sentences.joined())
    guard all.count > rows else { return all }
    guard rows > 0 else { return [] }
    var kept: [TextLine] = []
    for sentence in sentences {
      guard kept.count + sentence.count < rows else { break }
      kept += sentence
    }
    if kept.isEmpty { kept = Array(all.prefix(rows - 1)) }
    return kept + [rest(all.count - kept.count)]
  }
}
