import Optimizers
import RunModel

/// Finds commands that could not be obeyed, before they reach a training thread.
enum CommandCheck {
  static func problem(of command: RunCommand, arms: [ArmSpecification]) -> RunError? {
    switch command {
    case .pause, .resume, .probe, .stop: nil
    case .step(let count):
      count > 0
        ? nil
        : RunError(.usage, "cannot make \(count) steps", remedy: "ask for at least one")
    case .probeEvery(_, let steps):
      steps.map { $0 > 0 } ?? true
        ? nil : RunError(.usage, "cannot probe every \(steps ?? 0) steps", remedy: "at least 1")
    case .set(let arm, let key, let value): problem(arm: arm, key: key, value: value, arms: arms)
    }
  }

  private static func problem(
    arm: Int?, key: String, value: SettingValue, arms: [ArmSpecification]
  ) -> RunError? {
    if let arm, !arms.indices.contains(arm) {
      return RunError(
        .usage, "there is no arm number \(arm + 1)", remedy: "the run has \(arms.count)")
    }
    let concerned = arms.indices.filter { arm == nil || arm == $0 }
    guard let old = concerned.lazy.compactMap({ arms[$0].values[key] }).first else {
      let known = concerned.flatMap { arms[$0].values.keys.sorted() }
      return RunError(
        .usage, "no such setting '\(key)'" + suggestion(for: key, among: known),
        remedy: "choose one of the arm's own settings")
    }
    guard isSameKind(old, value) else {
      return RunError(.usage, "'\(key)' cannot be \(value)", remedy: "it is \(old) now")
    }
    return concerned.lazy.compactMap { problem(key: key, value: value, arm: arms[$0]) }.first
  }

  /// What the registry says against the value, for optimizers that are in it.
  private static func problem(
    key: String, value: SettingValue, arm: ArmSpecification
  ) -> RunError? {
    let settings = OptimizerRegistry.catalog.settings(base: arm.base, wrapper: arm.wrapper)
    guard let setting = settings.first(where: { $0.key == key }) else { return nil }
    guard setting.isLive else {
      return RunError(
        .usage, "'\(key)' cannot change while training", remedy: "restart with the new value")
    }
    guard setting.value(from: value.description) != nil else {
      return RunError(
        .usage, "\(key)=\(value) is not allowed", remedy: "allowed: \(setting.allowed)")
    }
    return nil
  }

  private static func isSameKind(_ one: SettingValue, _ other: SettingValue) -> Bool {
    switch (one, other) {
    case (.number, .number(let number)): number.isFinite
    case (.flag, .flag), (.text, .text): true
    case (.number, _), (.flag, _), (.text, _): false
    }
  }
}
