import RunModel

/// The command line that trains a configuration: a preset, and what differs from it as flags.
package struct CommandText {
  private let configuration: RunConfiguration
  private let presets: [PresetEntry]

  package init(_ configuration: RunConfiguration, presets: [PresetEntry]) {
    (self.configuration, self.presets) = (configuration, presets)
  }

  /// `magmascope train --preset first-look --steps 2000`; the shortest there is.
  package var text: String {
    let commands = presets.compactMap { entry -> [String]? in
      guard let flags = flags(over: entry.configuration) else { return nil }
      return ["magmascope", "train", "--preset", entry.name] + flags
    }
    let shortest = commands.min { $0.count < $1.count }
    return (shortest ?? ["magmascope", "train"] + flagsAlone).map(Self.quoted)
      .joined(separator: " ")
  }

  /// nil where no flag can say what differs.
  private func flags(over preset: RunConfiguration) -> [String]? {
    let own = configuration
    guard own.workload == preset.workload, own.schedule.floor == preset.schedule.floor else {
      return nil
    }
    var flags: [String] = []
    if own.data != preset.data {
      guard case .file(let path) = own.data else { return nil }
      flags += ["--text", path]
    }
    flags += modelFlags(over: preset.model)
    if own.steps != preset.steps { flags += ["--steps", "\(own.steps)"] }
    if own.schedule.kind != preset.schedule.kind {
      flags += ["--schedule", own.schedule.kind.rawValue]
    }
    if own.schedule.warmup != preset.schedule.warmup {
      flags += ["--warmup", Self.text(own.schedule.warmup)]
    }
    if own.clip != preset.clip { flags += ["--clip", own.clip.map(compactDecimal) ?? "none"] }
    if own.evaluateEvery != preset.evaluateEvery {
      flags += ["--eval-every", "\(own.evaluationInterval)"]
    }
    if own.seed != preset.seed { flags += ["--seed", "\(own.seed)"] }
    if own.seeds != preset.seeds { flags += ["--seeds", "\(own.seeds)"] }
    if own.threads != preset.threads, let threads = own.threads {
      flags += ["--threads", "\(threads)"]
    }
    for (key, value) in own.settings.sorted(by: { $0.key < $1.key })
    where preset.settings[key] != value {
      flags += ["--set", "\(key)=\(value)"]
    }
    return own.arms == preset.arms ? flags : flags + own.arms.flatMap { ["--arm", $0.text] }
  }

  private func modelFlags(over preset: ModelConfiguration) -> [String] {
    let own = configuration.model
    guard configuration.descriptor.isLanguage, own != preset else { return [] }
    var start = preset
    var flags: [String] = []
    if let size = own.size, size != preset.size {
      flags += ["--model", size.rawValue]
      start = ModelConfiguration(size: size)
    }
    for setting in ModelSetting.all {
      let value = setting.value(of: own)
      guard value != setting.value(of: start) else { continue }
      flags += ["--" + setting.flag, value.description]
    }
    return flags
  }

  /// Without a preset to lean on: what flags can say.
  private var flagsAlone: [String] {
    ["--workload", configuration.workload, "--steps", "\(configuration.steps)"]
      + configuration.arms.flatMap { ["--arm", $0.text] }
  }

  private static func text(_ warmup: ScheduleConfiguration.Warmup) -> String {
    switch warmup {
    case .steps(let count): "\(count)"
    case .share(let share): compactDecimal((share * 1000).rounded() / 10) + "%"
    }
  }

  /// Quoted for a shell where it has to be.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=.,:/%+".contains($0) }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
