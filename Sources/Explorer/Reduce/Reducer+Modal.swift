import RunModel
import TerminalUI

extension ExplorerState {
  /// Keys while something lies over the screen.
  mutating func handleModal(_ key: Key) -> [Effect] {
    switch modal {
    case .help(let offset): return scroll(key, offset) { .help(offset: $0) }
    case .verdict(let offset): return scroll(key, offset) { .verdict(offset: $0) }
    case .difference(let offset): return scroll(key, offset) { .difference(offset: $0) }
    case .note(let title, let text, let offset):
      return scroll(key, offset) { .note(title: title, text: text, offset: $0) }
    case .command(let line): return type(key, into: line)
    case .filter(let editor): return filter(key, editor)
    case .presets(let list): return choose(key, in: list)
    case .runFilter(let editor): return filterRuns(key, editor)
    case .naming(let run, let editor): return name(run, key, editor)
    case .confirmDelete(let run): return answerDelete(run, key)
    case .confirmBranch(let order): return answer(order, key)
    case .form(let form): return fill(key, form)
    case nil: return []
    }
  }

  private mutating func scroll(
    _ key: Key, _ offset: Int, _ remake: (Int) -> Modal
  ) -> [Effect] {
    let page = max(1, size.height - 6)
    switch key {
    case .escape, .enter, .character("q"), .character("?"), .character("v"), .character("d"):
      modal = nil
    case .up, .character("k"): modal = remake(max(0, offset - 1))
    case .down, .character("j"): modal = remake(offset + 1)
    case .pageUp: modal = remake(max(0, offset - page))
    case .pageDown, .character(" "): modal = remake(offset + page)
    case .home: modal = remake(0)
    case .end: modal = remake(10_000)
    default: break
    }
    clampScroll()
    return []
  }

  /// Scrolling stops where the last line is in view.
  private mutating func clampScroll() {
    let room = max(1, size.height - 2)
    switch modal {
    case .help(let offset):
      modal = .help(
        offset: min(
          offset,
          max(0, HelpText.lines(self, width: min(min(size.width, 100) - 4, 76)).count - room)))
    case .verdict(let offset):
      let lines = VerdictLines.shown(self, width: min(size.width, 100) - 4)
      modal = .verdict(offset: min(offset, max(0, lines.count - room)))
    case .difference(let offset):
      modal = .difference(offset: min(offset, max(0, DifferenceText.lines(self).count - room)))
    case .note(let title, let text, let offset):
      let lines = Wrapping.paragraphs(text, width: min(size.width, 100) - 4)
      modal = .note(title: title, text: text, offset: min(offset, max(0, lines.count - room)))
    default: break
    }
  }

  private mutating func filter(_ key: Key, _ editor: TextEditor) -> [Effect] {
    var editor = editor
    switch key {
    case .escape:
      blockFilter = ""
      modal = nil
      return []
    case .enter:
      modal = nil
      return []
    default: break
    }
    _ = editor.handle(key)
    blockFilter = editor.text
    modal = .filter(editor)
    if let first = orderedBlocks.first, !orderedBlocks.contains(selectedBlock) {
      selectedBlock = first
    }
    return []
  }

  private mutating func choose(_ key: Key, in list: PresetList) -> [Effect] {
    var list = list
    let count = list.visible(presets).count
    if list.isFiltering, key != .up, key != .down, key != .enter {
      if key == .escape { list.filter = TextEditor() }
      if key == .escape { list.isFiltering = false } else { _ = list.filter.handle(key) }
      list.selected = 0
      modal = .presets(list)
      return []
    }
    switch key {
    case .escape, .character("q"):
      modal = nil
      return []
    case .enter: return startPreset(list)
    case .character("/"): list.isFiltering = true
    case .up, .character("k"): list.selected -= 1
    case .down, .character("j"): list.selected += 1
    case .pageUp: list.selected -= 10
    case .pageDown: list.selected += 10
    case .home: list.selected = 0
    case .end: list.selected = count
    case .character("n"):
      guard let entry = entry(list) else { break }
      return open(form(entry.configuration))
    default: break
    }
    list.selected = min(max(0, list.selected), max(0, count - 1))
    modal = .presets(list)
    return []
  }

  private func entry(_ list: PresetList) -> PresetEntry? {
    let visible = list.visible(presets)
    return visible.indices.contains(list.selected) ? visible[list.selected] : nil
  }

  private mutating func startPreset(_ list: PresetList) -> [Effect] {
    guard let entry = entry(list) else { return [] }
    return start(entry)
  }

  mutating func start(_ entry: PresetEntry) -> [Effect] {
    if entry.configuration.data == .required {
      say("\(entry.name) wants a text: name its file, then Enter")
      return open(form(entry.configuration))
    }
    return begin(entry.configuration)
  }
}
