import RunModel

/// Between a configuration and the texts of its form.
enum FormTexts {
  static func texts(of configuration: RunConfiguration) -> [String: String] {
    var texts = texts(of: configuration.model)
    texts["workload"] = configuration.workload
    (texts["data"], texts["file"]) = data(configuration.data)
    texts["steps"] = "\(configuration.steps)"
    texts["schedule"] = configuration.schedule.kind.rawValue
    texts["warmup"] = warmup(configuration.schedule.warmup)
    texts["floor"] = compactDecimal(configuration.schedule.floor)
    texts["clip"] = configuration.clip.map(compactDecimal) ?? "none"
    texts["evaluateEvery"] = configuration.evaluateEvery.map(String.init) ?? "auto"
    texts["seed"] = "\(configuration.seed)"
    texts["seeds"] = "\(configuration.seeds)"
    texts["threads"] = configuration.threads.map(String.init) ?? "all"
    for (key, value) in configuration.settings { texts["workload.\(key)"] = value.description }
    for (index, arm) in configuration.arms.enumerated() {
      texts["arm\(index).base"] = arm.base
      texts["arm\(index).wrapper"] = wrapperText(arm)
      for (key, value) in arm.values { texts["arm\(index).\(key)"] = value.description }
    }
    return texts
  }

  static func texts(of model: ModelConfiguration) -> [String: String] {
    var texts = ["size": model.size?.rawValue ?? "custom"]
    for setting in ModelSetting.all {
      texts[setting.key] = setting.value(of: model).description
    }
    return texts
  }

  /// `none`, `magma`, `matched magma`.
  private static func wrapperText(_ arm: ArmSpecification) -> String {
    (arm.isMatched ? "matched " : "") + (arm.wrapper ?? "none")
  }

  static func parts(
    arm: Int, _ texts: [String: String]
  ) -> (base: String, wrapper: String?, isMatched: Bool) {
    let written = texts["arm\(arm).wrapper"] ?? "none"
    let isMatched = written.hasPrefix("matched ")
    let wrapper = isMatched ? String(written.dropFirst("matched ".count)) : written
    return (texts["arm\(arm).base"] ?? "adam", wrapper == "none" ? nil : wrapper, isMatched)
  }

  /// The arm a field belongs to.
  static func armIndex(of id: String) -> Int? {
    guard id.hasPrefix("arm"), let dot = id.firstIndex(of: ".") else { return nil }
    return Int(id[id.index(id.startIndex, offsetBy: 3)..<dot])
  }

  private static func data(_ source: RunConfiguration.DataSource) -> (String, String) {
    switch source {
    case .builtIn: ("built-in", "")
    case .file(let path): ("file", path)
    case .required: ("file", "")
    }
  }

  private static func warmup(_ warmup: ScheduleConfiguration.Warmup) -> String {
    switch warmup {
    case .steps(let count): "\(count)"
    case .share(let share): compactDecimal((share * 1000).rounded() / 10) + "%"
    }
  }
}
