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
      named: fields.workload ?? WorkloadDescriptor.language.name, fields, category)
    let model = try model(fields, workload, category)
    let arms = try parse(fields.arms ?? [], category)
    guard !arms.isEmpty else {
      throw RunError(
        category, "there is no arm", place: place("arms", fields),
        remedy: "add one, for example adam:lr=1e-3")
    }
    var configuration = RunConfiguration(
      title: fields.title ?? arms.map(\.name).joined(separator: " against "), arms: arms)
    configuration.about = fields.about ?? ""
    configuration.tunedBy = fields.tunedBy
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
    configuration.observes = fields.observes
    configuration.letters = fields.letters ?? []
    if case .file = configuration.data { configuration.textPrint = fields.textPrint }
    guard configuration.letters.isEmpty || configuration.letters.count == arms.count else {
      throw RunError(
        category, "there are \(configuration.letters.count) letters for \(arms.count) arms",
        place: "letters", remedy: "give each arm one, or remove the key")
    }
    return configuration
  }

  private func workload(
    named name: String, _ fields: PresetFields, _ category: RunError.Category
  ) throws(RunError) -> WorkloadDescriptor {
    if let found = workloads.first(where: { $0.name == name }) { return found }
    let names = workloads.map(\.name)
    throw RunError(
      category, "unknown workload \(quoted(name))" + suggestion(for: name, among: names),
      place: place("workload", fields), remedy: "known: " + names.joined(separator: ", "))
  }

  /// Where a key was written; of one that was left out, the file that lacks it, or the flag.
  private func place(_ key: String, _ fields: PresetFields) -> String {
    fields.places[key]
      ?? (fields.source.isEmpty ? (key == "arms" ? "--arm" : "--\(key)") : fields.source)
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
          category, "workload '\(workload.name)' has no language model to set",
          place: fields.from == nil ? place("model", fields) : place("from", fields),
          remedy: "leave the model's settings out")
      }
      if case .file = fields.data {
        throw RunError(
          category, "workload '\(workload.name)' reads no text", place: place("data", fields),
          remedy: "leave the text out")
      }
      return model
    }
    if let problem = model.problem {
      throw RunError(
        category, problem, place: place("model", fields), remedy: "change the model's settings")
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
        throw RunError(
          category, "arm \(quoted(error.arm)) \(error.problem)", place: field.place,
          remedy: error.remedy)
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
          "workload '\(workload.name)' has no setting \(quoted(field.key))"
            + suggestion(for: field.key, among: keys),
          place: field.place,
          remedy: keys.isEmpty ? "it takes none" : "known: " + keys.joined(separator: ", "))
      }
      guard let value = setting.value(from: field.text) else {
        throw RunError(
          category, "\(field.key)=\(quoted(field.text)) is not allowed", place: field.place,
          remedy: "allowed: \(setting.allowed)")
      }
      values[field.key] = value
    }
    return values
  }
}
