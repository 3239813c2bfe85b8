import RunModel

/// One field of the set-up form; range, default and help come from its description.
package struct FormField: Sendable {
  /// What a text must be to be accepted besides its `setting`.
  package enum Accepts: Sendable {
    case setting
    /// This word, or the setting.
    case word(String)
    /// A whole number of steps, or a percentage.
    case stepsOrShare
    /// Any text.
    case path
    /// Opens and closes the rest of a section; it has no value.
    case fold(FormSection)
  }

  package let id: String
  package let label: String
  package let setting: Hyperparameter
  package var unit = ""
  package var accepts = Accepts.setting

  var isPath: Bool {
    if case .path = accepts { true } else { false }
  }

  var isFold: Bool {
    if case .fold = accepts { true } else { false }
  }

  init(
    _ id: String, _ label: String, _ setting: Hyperparameter, unit: String = "",
    accepts: Accepts = .setting
  ) {
    self.id = id
    self.label = label
    self.setting = setting
    self.unit = unit
    self.accepts = accepts
  }

  /// The words the value can be, when it is one of a list.
  package var choices: [String]? {
    switch setting.kind {
    case .choice(_, let allowed): allowed
    case .flag: ["false", "true"]
    case .number, .integer, .pattern: nil
    }
  }

  /// What may be written, in words.
  package var allowed: String {
    switch accepts {
    case .setting: setting.allowed
    case .word(let word): "\(setting.allowed), or \(word) (Space)"
    case .stepsOrShare: "steps, or a share such as 10%"
    case .path: "a path (Tab completes it)"
    case .fold: "Enter opens and closes"
    }
  }

  /// The line under the form: what it is, what is allowed, what it is by default.
  package var help: String {
    switch accepts {
    case .fold, .path: "\(clause); \(allowed)"
    case .setting, .word, .stepsOrShare:
      "\(clause); \(allowed)"
        + (choices == nil ? "; default \(Shown.setting(setting.defaultValue))" : "")
    }
  }

  /// The summary as the first part of a longer sentence.
  private var clause: String {
    setting.summary.hasSuffix(".") ? String(setting.summary.dropLast()) : setting.summary
  }

  /// What is wrong with `text`; nil when it is fine.
  package func problem(with text: String) -> String? {
    switch accepts {
    case .fold, .path: return nil
    case .word(let word) where text == word: return nil
    case .stepsOrShare:
      return FormField.warmup(from: text) == nil ? "'\(text)': wants \(allowed)" : nil
    case .setting, .word:
      return setting.value(from: text) == nil ? "'\(text)': wants \(allowed)" : nil
    }
  }

  /// Reads `10%` or `80`.
  static func warmup(from text: String) -> ScheduleConfiguration.Warmup? {
    if text.hasSuffix("%") {
      guard let share = Double(text.dropLast()), (0...100).contains(share) else { return nil }
      return .share(share / 100)
    }
    guard let steps = Int(text), steps >= 0 else { return nil }
    return .steps(steps)
  }
}

extension Hyperparameter {
  /// Whether any text is allowed, such as a formula.
  var isFreeText: Bool {
    if case .pattern = kind { true } else { false }
  }
}
