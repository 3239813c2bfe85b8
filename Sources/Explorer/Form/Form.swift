import RunModel
import TerminalUI

/// The set-up form, which is the comparison itself: rows are settings, columns are arms.
///
/// It holds texts as typed, which cell has the focus, what is wrong with which. The lines follow from
/// the choices made in it: another optimizer brings other settings.
package struct Form {
  package let catalog: OptimizerCatalog
  package let workloads: [WorkloadDescriptor]
  package let presets: [PresetEntry]
  package let purpose: FormPurpose
  /// What it was opened with; the choice `present settings` brings it back.
  let origin: RunConfiguration
  /// What the texts were made from: everything the form has no field for is taken from here.
  package internal(set) var base: RunConfiguration
  package internal(set) var texts: [String: String]
  package internal(set) var errors: [String: String] = [:]
  package internal(set) var armCount: Int
  /// The field under the cursor.
  package internal(set) var focus = ""
  /// The arm whose column the cursor keeps to.
  var column = 0
  /// The focused field while it is typed in.
  package internal(set) var editor = TextEditor()
  /// What the focused field held before it was typed in; nil: it is not typed in.
  var before: String?
  /// Sections whose folded lines are shown.
  package internal(set) var isOpen: Set<FormSection> = []
  /// What is looked for, while `/` is being typed.
  package internal(set) var search: TextEditor?
  /// The path a new preset is given, while it is being typed.
  package internal(set) var presetPath: TextEditor?
  /// Whether the help of the field fills the window.
  package internal(set) var isExplaining = false
  /// Names that a path could go on with.
  package internal(set) var completions: [String] = []
  /// The configuration whose cost was asked for last, and the answer.
  var weighed: RunConfiguration?
  package internal(set) var estimate: RunEstimate?

  package static let mostArms = 8
  static let presentSettings = "present settings"

  package init(
    _ configuration: RunConfiguration, catalog: OptimizerCatalog,
    workloads: [WorkloadDescriptor], presets: [PresetEntry] = [], purpose: FormPurpose = .run
  ) {
    self.catalog = catalog
    self.workloads = workloads
    self.presets = presets
    self.purpose = purpose
    origin = configuration
    base = configuration
    texts = FormTexts.texts(of: configuration)
    texts["preset"] = Self.presentSettings
    armCount = configuration.arms.count
    fillWorkload(configuration.workload)
    if purpose == .sweep { texts.merge(Form.sweepDefaults) { $1 } }
    move(to: configuration.data == .required ? "file" : purpose == .sweep ? "sweep.low" : "preset")
  }

  package var fields: [FormField] { lines.flatMap(\.fields) }

  package var focusedField: FormField {
    let all = lines
    guard let found = all.flatMap(\.fields).first(where: { $0.id == focus }) else {
      return all.lazy.compactMap { $0.fields.first }.first ?? FormFields(form: self).source
    }
    return found
  }

  /// The text of a field as it stands, the one being typed included.
  package func text(_ id: String) -> String { texts[id] ?? "" }

  var isEditing: Bool { before != nil }

  /// Puts a text into a field and lets the fields that depend on it follow.
  mutating func enter(_ text: String, into id: String) {
    if id == "preset" { return load(preset: text) }
    let past = texts[id]
    texts[id] = text
    errors[id] = nil
    if id == "size", let size = ModelSize(rawValue: text) {
      texts.merge(FormTexts.texts(of: ModelConfiguration(size: size))) { $1 }
    }
    if ModelSetting.named(id)?.isPartOfSize == true { texts["size"] = "custom" }
    if id == "workload" { fillWorkload(text) }
    if let arm = FormTexts.armIndex(of: id), id.hasSuffix(".base") || id.hasSuffix(".wrapper") {
      fillDefaults(arm: arm, instead: id.hasSuffix(".base") ? past : nil)
    }
  }

  /// Replaces everything by a preset, or by what the form was opened with.
  private mutating func load(preset name: String) {
    let chosen = presets.first { $0.name == name }?.configuration ?? origin
    base = chosen
    texts = texts.filter { $0.key.hasPrefix("sweep.") }
    texts.merge(FormTexts.texts(of: chosen)) { $1 }
    texts["preset"] = name
    errors = [:]
    armCount = chosen.arms.count
    column = min(column, armCount - 1)
    fillWorkload(chosen.workload)
  }

  /// Gives the settings of a workload that have no text yet their defaults.
  private mutating func fillWorkload(_ name: String) {
    let descriptor = workloads.first { $0.name == name }
    for setting in descriptor?.hyperparameters ?? [] where texts["workload.\(setting.key)"] == nil {
      texts["workload.\(setting.key)"] = setting.defaultValue.description
    }
  }

  /// Gives an arm's new settings their defaults, and those that stood at the default of an earlier base.
  ///
  /// A rate belongs to its base and always changes with it.
  private mutating func fillDefaults(arm: Int, instead earlier: String?) {
    let (base, wrapper, _) = FormTexts.parts(arm: arm, texts)
    let old = earlier.map { catalog.settings(base: $0, wrapper: wrapper) } ?? []
    for setting in catalog.settings(base: base, wrapper: wrapper) {
      let id = "arm\(arm).\(setting.key)"
      let past = old.first { $0.key == setting.key }?.defaultValue.description
      let isUntouched = texts[id] == nil || texts[id] == past
      if isUntouched || (earlier != nil && setting.key == "lr") {
        texts[id] = setting.defaultValue.description
      }
    }
  }
}

// MARK: Arms

extension Form {
  /// A further arm at the right: the first arm's optimizer, without a mask, at its defaults.
  mutating func addArm() {
    guard armCount < Form.mostArms else { return }
    let new = armCount
    armCount += 1
    texts["arm\(new).base"] = text("arm0.base")
    texts["arm\(new).wrapper"] = "none"
    fillDefaults(arm: new, instead: nil)
    move(to: "arm\(new).base")
  }

  /// The arm of the cursor's column once more, to its right.
  mutating func duplicateArm() {
    guard armCount < Form.mostArms else { return }
    for arm in stride(from: armCount, to: column, by: -1) { copyArm(arm - 1, to: arm) }
    armCount += 1
    move(to: "arm\(column + 1).base")
  }

  /// Takes the arm of the cursor's column out.
  mutating func removeArm() {
    guard armCount > 1 else { return }
    for arm in column..<armCount - 1 { copyArm(arm + 1, to: arm) }
    clearArm(armCount - 1)
    armCount -= 1
    errors = [:]
    let key = FormTexts.armIndex(of: focus) == nil ? nil : focus.split(separator: ".").last
    column = min(column, armCount - 1)
    if let key {
      let id = "arm\(column).\(key)"
      move(to: fields.contains { $0.id == id } ? id : "arm\(column).base")
    }
  }

  private mutating func copyArm(_ source: Int, to target: Int) {
    clearArm(target)
    let prefix = "arm\(source)."
    for (id, text) in texts where id.hasPrefix(prefix) {
      texts["arm\(target)." + id.dropFirst(prefix.count)] = text
    }
  }

  private mutating func clearArm(_ arm: Int) {
    texts = texts.filter { !$0.key.hasPrefix("arm\(arm).") }
  }
}

// MARK: The cursor

extension Form {
  mutating func move(to id: String) {
    focus = id
    if let arm = FormTexts.armIndex(of: id) { column = arm }
    endEditing()
  }

  mutating func endEditing() {
    before = nil
    completions = []
    editor = TextEditor(text(focusedField.id))
  }

  /// Lines down or up, to the same column where there is one; round the ends by single steps.
  mutating func moveLine(by distance: Int) {
    let stops = visibleLines.filter { !$0.fields.isEmpty }
    let place = stops.firstIndex { $0.contains(focus) } ?? 0
    var next = place + distance
    if abs(distance) == 1 {
      next = (next + stops.count) % stops.count
    } else {
      next = min(max(0, next), stops.count - 1)
    }
    // Line by line the cursor keeps to its column even over settings that its arm has not.
    let kept = column
    if let field = stops[next].field(column: kept) { move(to: field.id) }
    column = kept
  }

  /// Cell after cell, along the lines.
  mutating func moveCell(by distance: Int) {
    let cells = visibleLines.flatMap(\.fields)
    let place = cells.firstIndex { $0.id == focus } ?? 0
    move(to: cells[(place + distance + cells.count) % cells.count].id)
  }

  /// To the next arm that has the setting.
  mutating func moveArm(by distance: Int) {
    guard let line = lines.first(where: { $0.contains(focus) }), case .arms = line.cells,
      let place = line.fields.firstIndex(where: { $0.id == focus }),
      line.fields.indices.contains(place + distance)
    else { return }
    move(to: line.fields[place + distance].id)
  }

  /// To the first field whose label, or key, begins with the text, else contains it.
  mutating func find(_ text: String) {
    let wanted = text.lowercased()
    guard !wanted.isEmpty else { return }
    let candidates = lines.filter { !$0.fields.isEmpty }
    let line =
      candidates.first { $0.names.contains { $0.hasPrefix(wanted) } }
      ?? candidates.first { $0.names.contains { $0.mentions(wanted) } }
    if let line, let field = line.field(column: column) { move(to: field.id) }
  }
}

extension FormLine {
  /// What the line is found by.
  fileprivate var names: [String] {
    guard case .fold = cells else {
      let key = fields.first?.id.split(separator: ".").last.map(String.init) ?? ""
      return [label.lowercased(), key.lowercased()]
    }
    return []
  }
}
