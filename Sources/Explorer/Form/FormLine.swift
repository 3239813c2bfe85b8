/// The parts of the form, each with its folded rest.
package enum FormSection: String, CaseIterable, Sendable {
  case sweep, task, arms, budget
}

/// One line of the form: a setting of the whole run, or of every arm, a column each.
struct FormLine {
  enum Cells {
    case heading
    /// Opens and closes what is folded; the field has no value.
    case fold(FormField)
    case run(FormField)
    /// nil where an arm has no such setting.
    case arms([FormField?])
  }

  let section: FormSection
  let label: String
  let cells: Cells
  /// Whether it is shown only when its section is open, or when there is a reason.
  var isMore = false

  var fields: [FormField] {
    switch cells {
    case .heading: []
    case .fold(let field), .run(let field): [field]
    case .arms(let fields): fields.compactMap(\.self)
    }
  }

  func contains(_ id: String) -> Bool { fields.contains { $0.id == id } }

  /// The field in an arm's column, or the one next to it.
  func field(column: Int) -> FormField? {
    guard case .arms(let fields) = cells else { return fields.first }
    let present = fields.indices.filter { fields[$0] != nil }
    return present.min { abs($0 - column) < abs($1 - column) }.flatMap { fields[$0] }
  }
}

extension Form {
  /// Every line, folded ones too, in the order of the cursor.
  var lines: [FormLine] { FormFields(form: self).lines }

  /// The lines that are shown: what matters first, what differs, what is wrong, what is unfolded.
  var visibleLines: [FormLine] {
    lines.filter { line in
      !line.isMore || isOpen.contains(line.section) || differs(line) || line.contains(focus)
        || line.fields.contains { errors[$0.id] != nil }
    }
  }

  /// Whether the arms that have a setting have different values of it.
  func differs(_ line: FormLine) -> Bool {
    guard case .arms(let fields) = line.cells else { return false }
    let values = fields.compactMap(\.self).map { $0.setting.value(from: text($0.id)) }
    return Set(values).count > 1
  }
}
