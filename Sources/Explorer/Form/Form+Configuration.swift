import RunModel

extension Form {
  /// The letter and name of every arm as it would start.
  var lanes: [Lane] { Lane.assign(to: (0..<armCount).map(arm)) }

  /// The configuration the form describes; nil with the focus on the first field that is wrong.
  mutating func submit() -> RunConfiguration? {
    errors = problems
    if let first = fields.first(where: { errors[$0.id] != nil }) {
      move(to: first.id)
      return nil
    }
    return configuration
  }

  /// The configuration the form describes; nil while a field is wrong.
  var described: RunConfiguration? { problems.isEmpty ? configuration : nil }

  /// What is wrong with which field.
  private var problems: [String: String] {
    let all = fields
    var problems: [String: String] = [:]
    for field in all {
      if let problem = field.problem(with: text(field.id)) { problems[field.id] = problem }
    }
    // What no field can say alone.
    if text("data") == "file", text("file").isEmpty, all.contains(where: { $0.id == "file" }) {
      problems["file"] = "wants the path of a text file"
    }
    if problems.isEmpty, all.contains(where: { $0.id == "width" }), let problem = model.problem {
      problems["heads"] = problem
    }
    return problems
  }

  private func integer(_ id: String, or fallback: Int) -> Int { Int(text(id)) ?? fallback }

  /// The model its fields describe; a setting of another family is left as that family has it.
  var model: ModelConfiguration {
    var values: [String: SettingValue] = [:]
    for setting in ModelSetting.all {
      values[setting.key] =
        setting.description.value(from: text(setting.key)) ?? setting.value(of: base.model)
    }
    var model = ModelConfiguration(size: ModelSize(rawValue: text("size")), values: values)
    for setting in ModelSetting.all where !setting.applies(to: model) {
      setting.set(setting.unset(in: model), of: &model)
    }
    if ModelSize(rawValue: text("size")) == nil { model.size = nil }
    return model
  }

  private var configuration: RunConfiguration {
    var result = base
    result.workload = text("workload")
    result.model = model
    result.data = text("data") == "file" ? .file(text("file")) : .builtIn
    result.settings = workloadSettings
    result.steps = integer("steps", or: base.steps)
    result.schedule.kind = ScheduleConfiguration.Kind(rawValue: text("schedule")) ?? .constant
    result.schedule.warmup = FormField.warmup(from: text("warmup")) ?? .steps(0)
    result.clip = Double(text("clip"))
    result.seeds = integer("seeds", or: base.seeds)
    result.seed = UInt64(text("seed")) ?? base.seed
    result.evaluateEvery = Int(text("evaluateEvery"))
    result.threads = Int(text("threads"))
    result.arms = (0..<armCount).map(arm)
    if result.arms != base.arms { result.letters = [] }
    if result.arms != base.arms || result.workload != base.workload { result.title = title(result) }
    return result.claimingNoMore(than: base)
  }

  private func title(_ configuration: RunConfiguration) -> String {
    configuration.arms.map(\.name).joined(separator: " against ")
  }

  private var workloadSettings: [String: SettingValue] {
    let workload = workloads.first { $0.name == text("workload") }
    var settings: [String: SettingValue] = [:]
    for setting in workload?.hyperparameters ?? [] {
      settings[setting.key] =
        setting.value(from: text("workload.\(setting.key)")) ?? setting.defaultValue
    }
    return settings
  }

  /// The arm with everything that is not the default written out.
  private func arm(_ index: Int) -> ArmSpecification {
    let (base, wrapper, isMatched) = FormTexts.parts(arm: index, texts)
    var arm = ArmSpecification(
      text: "", base: base, wrapper: wrapper, isMatched: isMatched, values: [:], writtenKeys: [],
      momentum: catalog.base(base)?.momentum)
    for setting in catalog.settings(base: base, wrapper: wrapper) {
      guard setting.twin == nil else {
        arm.values[setting.key] = setting.defaultValue
        continue
      }
      let value = setting.value(from: text("arm\(index).\(setting.key)")) ?? setting.defaultValue
      arm.values[setting.key] = value
      if value != setting.defaultValue || setting.key == "lr" {
        arm.writtenKeys.append(setting.key)
      }
    }
    for setting in catalog.settings(base: base, wrapper: wrapper) where setting.twin == nil {
      if let value = arm.values[setting.key] { arm.put(setting.key, value) }
    }
    // An arm that was not touched keeps the words it was written with.
    let original = self.base.arms.first { $0.name == arm.name && $0.values == arm.values }
    if let original { return original }
    arm.text = arm.canonicalText
    return arm
  }
}
