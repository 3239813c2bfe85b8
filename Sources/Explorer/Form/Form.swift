import RunModel
import TerminalUI

/// The set-up form: texts as typed, which field has the focus, what is wrong with which.
///
/// The list of fields follows the choices made in it: another optimizer brings other settings.
package struct Form {
  package let catalog: OptimizerCatalog
  package let workloads: [WorkloadDescriptor]
  package let purpose: FormPurpose
  /// What the form was opened with: everything it has no field for is taken from here.
  package internal(set) var base: RunConfiguration
  package internal(set) var texts: [String: String]
  package internal(set) var errors: [String: String] = [:]
  package internal(set) var armCount: Int
  package internal(set) var focus = 0
  /// The focused field while it is typed in.
  package internal(set) var editor = TextEditor()
  /// Said below the form: what the numbers together do not allow.
  package internal(set) var problem: String?

  package static let mostArms = 8

  package init(
    _ configuration: RunConfiguration, catalog: OptimizerCatalog,
    workloads: [WorkloadDescriptor], purpose: FormPurpose = .run
  ) {
    self.catalog = catalog
    self.workloads = workloads
    self.purpose = purpose
    base = configuration
    texts = FormTexts.texts(of: configuration)
    fillWorkload(configuration.workload)
    if purpose == .sweep { texts.merge(Form.sweepDefaults) { $1 } }
    armCount = configuration.arms.count
    let first = purpose == .sweep ? "sweep.low" : "arm0.base"
    focus = fields.firstIndex { $0.id == first } ?? 0
    beginEditing()
  }

  package var fields: [FormField] { FormFields(form: self).all }

  package var focusedField: FormField {
    let all = fields
    return all[min(max(0, focus), all.count - 1)]
  }

  /// The text of a field as it stands, the one being typed included.
  package func text(_ id: String) -> String { texts[id] ?? "" }

  mutating func beginEditing() { editor = TextEditor(text(focusedField.id)) }

  mutating func move(by distance: Int) {
    let count = fields.count
    focus = ((focus + distance) % count + count) % count
    beginEditing()
  }

  /// Puts a text into a field and lets the fields that depend on it follow.
  mutating func enter(_ text: String, into id: String) {
    let before = texts[id]
    texts[id] = text
    errors[id] = nil
    problem = nil
    if id == "size", let size = ModelSize(rawValue: text) {
      texts.merge(FormTexts.texts(of: ModelConfiguration(size: size))) { $1 }
    }
    if id == "workload" { fillWorkload(text) }
    if let arm = FormTexts.armIndex(of: id), id.hasSuffix(".base") || id.hasSuffix(".wrapper") {
      fillDefaults(arm: arm, instead: id.hasSuffix(".base") ? before : nil)
    }
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

  /// Changes a choice by one place.
  mutating func cycle(_ direction: Int) {
    let field = focusedField
    guard let choices = field.choices else { return }
    let place = choices.firstIndex(of: text(field.id)) ?? 0
    enter(choices[(place + direction + choices.count) % choices.count], into: field.id)
    beginEditing()
  }

  mutating func addArm() {
    guard armCount < Form.mostArms else { return }
    let source = armCount - 1
    armCount += 1
    for field in fields where field.id.hasPrefix("arm\(source).") {
      texts[field.id.replacing("arm\(source).", with: "arm\(armCount - 1).")] = text(field.id)
    }
    texts["arm\(armCount - 1).base"] = text("arm\(source).base")
    texts["arm\(armCount - 1).wrapper"] = text("arm\(source).wrapper")
    fillMissing(arm: armCount - 1, from: source)
    focus = fields.firstIndex { $0.id == "arm\(armCount - 1).base" } ?? focus
    beginEditing()
  }

  private mutating func fillMissing(arm: Int, from source: Int) {
    let (base, wrapper, _) = FormTexts.parts(arm: arm, texts)
    for setting in catalog.settings(base: base, wrapper: wrapper) {
      let id = "arm\(arm).\(setting.key)"
      texts[id] = texts["arm\(source).\(setting.key)"] ?? setting.defaultValue.description
    }
  }

  mutating func removeArm() {
    guard armCount > 1 else { return }
    armCount -= 1
    focus = min(focus, fields.count - 1)
    beginEditing()
  }

  /// Replaces everything by another configuration, as when a preset is chosen.
  mutating func load(_ configuration: RunConfiguration) {
    self = Form(configuration, catalog: catalog, workloads: workloads, purpose: purpose)
  }
}
