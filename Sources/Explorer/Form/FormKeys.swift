import RunModel
import TerminalUI

/// What a key in the form leads to outside of it.
enum FormAnswer {
  case stay, leave, start
  /// Look up how the path could go on.
  case complete(String)
  /// Write the settings as a preset.
  case savePreset(path: String)
}

extension Form {
  /// A key; printable ones begin to type, but for the letters that act on the form.
  ///
  /// Where a text is being typed, and in the field of a path, letters are letters.
  mutating func handle(_ key: Key) -> FormAnswer {
    if isExplaining {
      isExplaining = false
      return .stay
    }
    if search != nil { return look(key) }
    if presetPath != nil { return name(key) }
    let field = focusedField
    if key != .tab { completions = [] }
    switch key {
    case .escape: return escape()
    case .enter: return accept(field)
    case .down: moveLine(by: 1)
    case .up: moveLine(by: -1)
    case .pageDown: moveLine(by: 8)
    case .pageUp: moveLine(by: -8)
    case .tab where field.isPath: return .complete(text(field.id))
    case .tab: moveCell(by: 1)
    case .backTab: moveCell(by: -1)
    case .home where !types(field): moveLine(by: -1_000)
    case .end where !types(field): moveLine(by: 1_000)
    case .left where !types(field): sideways(-1, field)
    case .right where !types(field): sideways(1, field)
    case .character("/") where !field.isPath && !field.setting.isFreeText: search = TextEditor()
    case .character(let character) where !types(field): act(character, field)
    default: type(key, field)
    }
    return .stay
  }

  /// Whether letters and arrows belong to the text of the field.
  private func types(_ field: FormField) -> Bool { isEditing || field.isPath }

  private mutating func escape() -> FormAnswer {
    guard let before else { return .leave }
    enter(before, into: focus)
    endEditing()
    return .stay
  }

  private mutating func accept(_ field: FormField) -> FormAnswer {
    guard case .fold(let section) = field.accepts else { return .start }
    toggle(section)
    return .stay
  }

  private mutating func toggle(_ section: FormSection) {
    if isOpen.remove(section) == nil { isOpen.insert(section) }
  }

  private mutating func sideways(_ direction: Int, _ field: FormField) {
    if case .fold(let section) = field.accepts {
      toggle(section)
    } else if field.choices != nil {
      cycle(direction, field)
    } else {
      moveArm(by: direction)
    }
  }

  /// Changes a choice by one place.
  private mutating func cycle(_ direction: Int, _ field: FormField) {
    guard let choices = field.choices else { return }
    let place = choices.firstIndex(of: text(field.id)) ?? 0
    enter(choices[(place + direction + choices.count) % choices.count], into: field.id)
    endEditing()
  }

  private mutating func act(_ character: Character, _ field: FormField) {
    switch character {
    case "/": search = TextEditor()
    case "a": addArm()
    case "d": duplicateArm()
    case "x": removeArm()
    case "w": presetPath = TextEditor("my-comparison.yaml")
    case "?": isExplaining = true
    case " ": next(field)
    case "+" where field.choices != nil: cycle(1, field)
    case "-" where field.choices != nil: cycle(-1, field)
    default: type(.character(character), field)
    }
  }

  /// Space puts the word that stands for a number, and changes choices and folds as arrows do.
  private mutating func next(_ field: FormField) {
    if case .word(let word) = field.accepts {
      enter(word, into: field.id)
      endEditing()
    } else if field.choices != nil || field.isFold {
      sideways(1, field)
    }
  }

  /// The first character replaces what stood there; deleting changes it. A path is gone on with.
  private mutating func type(_ key: Key, _ field: FormField) {
    guard field.choices == nil, !field.isFold else { return }
    if !isEditing {
      before = text(field.id)
      let goesOn = field.isPath && text(field.id) != "auto"
      if case .character = key, !goesOn { editor = TextEditor() }
    }
    guard editor.handle(key) else { return }
    enter(editor.text, into: field.id)
  }

  private mutating func look(_ key: Key) -> FormAnswer {
    switch key {
    case .enter, .escape, .tab, .down: search = nil
    default:
      _ = search?.handle(key)
      find(search?.text ?? "")
    }
    return .stay
  }

  private mutating func name(_ key: Key) -> FormAnswer {
    switch key {
    case .escape: presetPath = nil
    case .enter:
      guard let path = presetPath?.text, !path.isEmpty else { return .stay }
      return .savePreset(path: path)
    default: _ = presetPath?.handle(key)
    }
    return .stay
  }

  /// The paths that begin as the typed one: as far as they agree is filled in.
  mutating func complete(_ typed: String, _ paths: [String]) {
    guard focusedField.isPath, text(focus) == typed, let first = paths.first else { return }
    let shared = paths.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    completions = paths.count > 1 ? paths : []
    if before == nil { before = typed }
    if shared.count > typed.count { enter(shared, into: focus) }
    editor = TextEditor(text(focus))
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

extension ExplorerState {
  /// Opens a form, and asks what its comparison would take.
  mutating func open(_ form: Form) -> [Effect] { weigh(form) }

  /// A form over a configuration, with everything there is to choose from.
  func form(_ configuration: RunConfiguration, _ purpose: FormPurpose = .run) -> Form {
    Form(
      configuration, catalog: catalog, workloads: workloads, presets: presets, purpose: purpose)
  }

  mutating func fill(_ key: Key, _ form: Form) -> [Effect] {
    var form = form
    switch form.handle(key) {
    case .leave:
      modal = nil
      return []
    case .stay: return weigh(form)
    case .complete(let path):
      modal = .form(form)
      return [.completePath(path)]
    case .savePreset(let path):
      let configuration = form.submit()
      form.presetPath = nil
      modal = .form(form)
      return configuration.map { [.savePreset($0, path: path)] } ?? []
    case .start:
      if form.purpose == .sweep {
        if let request = form.submitSweep() { return start(request) }
      } else if let configuration = form.submit() {
        return begin(configuration)
      }
      modal = .form(form)
      return []
    }
  }

  /// Keeps the form on the screen; where it describes something new, asks what that would take.
  private mutating func weigh(_ form: Form) -> [Effect] {
    var form = form
    defer { modal = .form(form) }
    guard let described = form.described, described != form.weighed else { return [] }
    form.weighed = described
    form.estimate = nil
    return [.estimate(described)]
  }

  mutating func take(_ estimate: RunEstimate, of configuration: RunConfiguration) {
    guard case .form(var form) = modal, form.weighed == configuration else { return }
    form.estimate = estimate
    modal = .form(form)
  }

  mutating func complete(_ typed: String, _ paths: [String]) {
    guard case .form(var form) = modal else { return }
    form.complete(typed, paths)
    modal = .form(form)
  }
}
