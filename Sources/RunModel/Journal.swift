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
    /// `arm` joined with `specification`; its own steps begin at 0.
    case join
    /// `arm` left after `step`; its history stays.
    case leave
    /// The loss of `arm` on `seed` stopped being finite.
    case diverged
    /// The run was branched off another after `step`; `text` names the parent.
    case fork
    /// `arm` was given another optimizer, `specification`, from `step` on.
    case replace
    /// The budget or schedule changed from `step` on; `text` says to what.
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
  package var specification: String?
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

  /// The change of a setting that this entry is; nil for other kinds.
  package var change: Intervention? {
    guard kind == .change, let key, let newValue else { return nil }
    return Intervention(arm: arm, step: step, key: key, oldValue: oldValue, newValue: newValue)
  }
}

extension JournalEntry: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, step, arm, seed, key, oldValue, newValue, specification, text
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
    specification = try fields.decodeIfPresent(String.self, forKey: .specification)
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

extension RunArm {
  /// How the arm is set in the computation of `step`: its first settings, and all changes up to then.
  package func settings(
    inForceAt step: Int, after changes: some Sequence<Intervention>
  ) -> ArmSpecification {
    changes.reduce(specification) { settings, change in
      guard change.step <= step, change.concerns(id), settings.values[change.key] != nil else {
        return settings
      }
      return settings.setting(change.key, to: change.newValue)
    }
  }
}
