import RunModel

/// Turns fields into a complete run: defaults filled in, arms parsed, workload settings checked.
package struct ConfigurationBuilder: Sendable {
  private let grammar: ArmGrammar
  private let workloads: [WorkloadDescriptor]

  package init(catalog: OptimizerCatalog, workloads: [WorkloadDescriptor]) {
    grammar = ArmGrammar(catalog: catalog)
    self.workloads = workloads
  }

  /// `category` is what a mistake counts as: `.usage` from the command line, `.input` from a file.
  package func build(
    _ fields: PresetFields, category: RunError.Category
  ) throws(RunError) -> RunConfiguration {
    let workload = try workload(
      named: fields.workload ?? WorkloadDescriptor.language.name, category)
    let model = try model(fields, workload, category)
    let arms = try parse(fields.arms ?? [], category)
    guard !arms.isEmpty else {
      throw RunError(category, "there is no arm", remedy: "add one, for example adam:lr=1e-3")
    }
    var configuration = RunConfiguration(
      title: fields.title ?? arms.map(\.name).joined(separator: " against "), arms: arms)
    configuration.about = fields.about ?? ""
    configuration.workload = workload.name
    configuration.data = fields.data ?? .builtIn
    configuration.model = model
    configuration.from = fields.from
    configuration.settings = try settings(fields.settings, of: workload, category)
    configuration.steps = fields.steps ?? configuration.steps
    configuration.schedule = ScheduleConfiguration(
      kind: fields.scheduleKind ?? .constant, warmup: fields.warmup ?? .steps(0),
      floor: fields.scheduleFloor ?? 0)
    if case .norm(let limit) = fields.clip { configuration.clip = limit }
    configuration.evaluateEvery = fields.evaluateEvery
    configuration.seed = fields.seed ?? 0
    configuration.seeds = fields.seeds ?? 1
    configuration.threads = fields.threads
    return configuration
  }

  private func workload(
    named name: String, _ category: RunError.Category
  ) throws(RunError) -> WorkloadDescriptor {
    if let found = workloads.first(where: { $0.name == name }) { return found }
    let names = workloads.map(\.name)
    throw RunError(
      category, "unknown workload '\(name)'" + suggestion(for: name, among: names),
      remedy: "known: " + names.joined(separator: ", "))
  }

  /// The model of a language run; another workload has none, and is told so instead of being trained
  /// without what was asked for.
  private func model(
    _ fields: PresetFields, _ workload: WorkloadDescriptor, _ category: RunError.Category
  ) throws(RunError) -> ModelConfiguration {
    let model = fields.model.configuration
    guard workload.isLanguage else {
      guard fields.model == .init(), fields.from == nil else {
        throw RunError(
          category, "workload '\(workload.name)' has no language model to set", place: "model",
          remedy: "leave the model's settings out")
      }
      if case .file(let path) = fields.data {
        throw RunError(
          category, "workload '\(workload.name)' reads no text", place: path,
          remedy: "leave the text out")
      }
      return model
    }
    if let problem = model.problem {
      throw RunError(category, problem, place: "model", remedy: "change the model's settings")
    }
    return model
  }

  private func parse(
    _ fields: [PresetFields.ArmField], _ category: RunError.Category
  ) throws(RunError) -> [ArmSpecification] {
    var arms: [ArmSpecification] = []
    for field in fields {
      do {
        arms.append(try grammar.parse(field.text))
      } catch {
        throw RunError(category, error.description, place: field.place)
      }
    }
    return arms
  }

  private func settings(
    _ fields: [PresetFields.SettingField], of workload: WorkloadDescriptor,
    _ category: RunError.Category
  ) throws(RunError) -> [String: SettingValue] {
    var values = workload.defaults
    for field in fields {
      guard let setting = workload.hyperparameters.first(where: { $0.key == field.key }) else {
        let keys = workload.hyperparameters.map(\.key)
        throw RunError(
          category,
          "workload '\(workload.name)' has no setting '\(field.key)'"
            + suggestion(for: field.key, among: keys),
          place: field.place,
          remedy: keys.isEmpty ? "it takes none" : "known: " + keys.joined(separator: ", "))
      }
      guard let value = setting.value(from: field.text) else {
        throw RunError(
          category, "\(field.key)='\(field.text)' is not allowed", place: field.place,
          remedy: "allowed: \(setting.allowed)")
      }
      values[field.key] = value
    }
    return values
  }
}
