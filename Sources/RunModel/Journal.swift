/// What happened to a run beside its training, in the order it happened: a line of `journal.jsonl`.
///
/// A line without a `kind` is a change of a setting, as the first format wrote it.
package struct JournalEntry: Sendable, Hashable {
  package enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    /// A setting of `arm` takes `newValue` from `step` on (the first step computed with it).
    case change
    /// A person wrote `text` at `step`.
    case mark
    case pause, resume
    /// `joined` takes part; its own steps begin at 0.
    case join
    /// `arm` left after `step`; its history stays.
    case leave
    /// The loss of `arm` on `seed` stopped being finite.
    case diverged
    /// The run was branched off another after `step`; `text` names the parent.
    case fork
    /// `arm` was given another optimizer, `settings`, from `step` on.
    case replace
    /// The budget, and with it the schedule, is `steps` from `step` on.
    case extend
    /// All steps are done or the run was ended; `text` says which.
    case end
  }

  package var kind: Kind
  package var step: Int
  package var arm: ArmID?
  package var seed: UInt64?
  package var key: String?
  package var oldValue: SettingValue?
  package var newValue: SettingValue?
  /// The arm that joins, or the settings an arm is given.
  package var joined: RunArm?
  package var settings: ArmSpecification?
  /// The budget from `step` on.
  package var steps: Int?
  package var text: String?

  package init(_ kind: Kind, step: Int, arm: ArmID? = nil, seed: UInt64? = nil, text: String? = nil)
  {
    self.kind = kind
    self.step = step
    self.arm = arm
    self.seed = seed
    self.text = text
  }

  package init(_ change: Intervention) {
    self.init(.change, step: change.step, arm: change.arm)
    (key, oldValue, newValue) = (change.key, change.oldValue, change.newValue)
  }

  /// Another optimizer for an arm, in force in the computation of `step`.
  package init(replacing arm: ArmID, by settings: ArmSpecification, from step: Int) {
    self.init(.replace, step: step, arm: arm)
    self.settings = settings
  }

  /// The change of a setting that this entry is; nil for other kinds.
  package var change: Intervention? {
    guard kind == .change, let key, let newValue else { return nil }
    return Intervention(arm: arm, step: step, key: key, oldValue: oldValue, newValue: newValue)
  }
}

extension JournalEntry: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, step, arm, seed, key, oldValue, newValue, joined, settings, steps, text
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try fields.decodeIfPresent(Kind.self, forKey: .kind) ?? .change,
      step: try fields.decode(Int.self, forKey: .step),
      arm: try fields.decodeIfPresent(ArmID.self, forKey: .arm),
      seed: try fields.decodeIfPresent(UInt64.self, forKey: .seed),
      text: try fields.decodeIfPresent(String.self, forKey: .text))
    key = try fields.decodeIfPresent(String.self, forKey: .key)
    oldValue = try fields.decodeIfPresent(SettingValue.self, forKey: .oldValue)
    newValue = try fields.decodeIfPresent(SettingValue.self, forKey: .newValue)
    joined = try fields.decodeIfPresent(RunArm.self, forKey: .joined)
    settings = try fields.decodeIfPresent(ArmSpecification.self, forKey: .settings)
    steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
  }
}

/// A live change of a setting: which arm, from which step on, from what to what.
package struct Intervention: Sendable, Codable, Hashable {
  /// nil: every arm that has the setting.
  package var arm: ArmID?
  /// The first step computed with the new value.
  package var step: Int
  package var key: String
  package var oldValue: SettingValue?
  package var newValue: SettingValue

  package init(
    arm: ArmID?, step: Int, key: String, oldValue: SettingValue?, newValue: SettingValue
  ) {
    self.arm = arm
    self.step = step
    self.key = key
    self.oldValue = oldValue
    self.newValue = newValue
  }

  package func concerns(_ id: ArmID) -> Bool { arm == nil || arm == id }
}
