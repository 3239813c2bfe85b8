import RunModel

/// The settings of one workload, each falling back on its default and checked against its range.
struct WorkloadSettings {
  private let descriptor: WorkloadDescriptor
  private let values: [String: SettingValue]

  /// - Throws: `RunError(.usage)` for an unknown key or a value that is not allowed.
  init(_ descriptor: WorkloadDescriptor, _ configuration: RunConfiguration) throws(RunError) {
    self.descriptor = descriptor
    values = configuration.settings
    for key in values.keys.sorted() {
      guard let setting = descriptor.hyperparameters.first(where: { $0.key == key }) else {
        let keys = descriptor.hyperparameters.map(\.key)
        throw RunError(
          .usage,
          "workload '\(descriptor.name)' has no setting '\(key)'"
            + suggestion(for: key, among: keys),
          place: "--set",
          remedy: keys.isEmpty ? "leave it out" : "it has " + keys.joined(separator: ", "))
      }
      guard let text = values[key]?.description, setting.value(from: text) != nil else {
        throw RunError(
          .usage, "'\(values[key]?.description ?? "")' is not allowed for '\(key)'", place: "--set",
          remedy: "give " + setting.allowed)
      }
    }
  }

  func number(_ key: String) -> Double {
    guard let value = value(key).number else {
      preconditionFailure("setting '\(key)' of '\(descriptor.name)' is not a number")
    }
    return value
  }

  func flag(_ key: String) -> Bool {
    guard let value = value(key).flag else {
      preconditionFailure("setting '\(key)' of '\(descriptor.name)' is not a flag")
    }
    return value
  }

  func integer(_ key: String) -> Int { Int(number(key)) }

  func choice(_ key: String) -> String {
    guard let value = value(key).text else {
      preconditionFailure("setting '\(key)' of '\(descriptor.name)' is not a choice")
    }
    return value
  }

  private func value(_ key: String) -> SettingValue {
    guard let setting = descriptor.hyperparameters.first(where: { $0.key == key }) else {
      preconditionFailure("workload '\(descriptor.name)' describes no setting '\(key)'")
    }
    return values[key] ?? setting.defaultValue
  }
}
