import RunModel

/// The lines that apply to a form as it stands, in the order of the cursor.
struct FormFields {
  let form: Form

  var lines: [FormLine] {
    let parts: [(FormSection, [FormLine])] = [
      (.sweep, form.purpose == .sweep ? sweep.map { line(.sweep, $0) } : []),
      (.task, taskLines), (.arms, armLines), (.budget, budgetLines),
    ]
    return parts.flatMap { section, lines in
      lines.isEmpty ? [] : [heading(section)] + lines + fold(section, lines.count(where: \.isMore))
    }
  }

  var workload: WorkloadDescriptor? {
    form.workloads.first { $0.name == form.text("workload") }
  }

  private var isLanguage: Bool { workload?.isLanguage ?? true }

  // MARK: Lines

  private func heading(_ section: FormSection) -> FormLine {
    FormLine(section: section, label: section.rawValue, cells: .heading)
  }

  private func line(
    _ section: FormSection, _ field: FormField, isMore: Bool = false
  ) -> FormLine {
    FormLine(section: section, label: field.label, cells: .run(field), isMore: isMore)
  }

  /// The line that stands for the folded ones; none where nothing is folded.
  private func fold(_ section: FormSection, _ count: Int) -> [FormLine] {
    guard count > 0 else { return [] }
    let label = form.isOpen.contains(section) ? "less" : "more"
    let field = FormField(
      "\(section.rawValue).more", label,
      Hyperparameter(label, "\(count) further settings", .pattern(default: "")),
      accepts: .fold(section))
    return [FormLine(section: section, label: label, cells: .fold(field))]
  }

  private var taskLines: [FormLine] {
    let first = [preset, task] + (isLanguage ? [source] + file + [size] : [])
    return first.map { line(.task, $0) }
      + workloadSettings.map { line(.task, $0, isMore: isLanguage) }
      + (isLanguage ? model : []).map { line(.task, $0, isMore: true) }
  }

  private var budgetLines: [FormLine] {
    let seeds = number("seeds", "seeds", "paired runs; a verdict needs at least 6", 1...64, 1)
    // A sweep declares its seeds itself.
    let first = [steps, schedule] + (form.purpose == .run ? [seeds] : [])
    return first.map { line(.budget, $0) } + rest.map { line(.budget, $0, isMore: true) }
  }

  /// A line a setting, a column an arm; first those that decide most comparisons.
  private var armLines: [FormLine] {
    let columns = (0..<form.armCount).map { arm in
      armFields(arm).reduce(into: [String: FormField]()) { $0[Self.key(of: $1)] = $1 }
    }
    var keys: [String] = Self.essential
    for arm in 0..<form.armCount {
      keys += armFields(arm).map(Self.key(of:)).filter { !keys.contains($0) }
    }
    return keys.compactMap { key in
      let fields = columns.map { $0[key] }
      guard let label = fields.compactMap(\.self).first?.label else { return nil }
      return FormLine(
        section: .arms, label: label, cells: .arms(fields),
        isMore: !Self.essential.contains(key))
    }
  }

  private static let essential = ["base", "wrapper", "lr", "mask", "tau"]

  private static func key(of field: FormField) -> String {
    String(field.id.drop { $0 != "." }.dropFirst())
  }

  // MARK: Fields

  private var preset: FormField {
    choice(
      "preset", "preset",
      "a ready-made comparison to begin with; it replaces all that is set below",
      [Form.presentSettings] + form.presets.map(\.name))
  }

  private var task: FormField {
    choice(
      "workload", "workload", workload?.summary ?? "what is trained", form.workloads.map(\.name))
  }

  var source: FormField {
    choice(
      "data", "data", "what the model reads: the generated language of known entropy, or your text",
      ["built-in", "file"])
  }

  private var file: [FormField] {
    guard form.text("data") == "file" else { return [] }
    return [
      FormField(
        "file", "file",
        Hyperparameter(
          "file", "a text, read as bytes, 90/10 for training and validation",
          .pattern(default: "")), accepts: .path)
    ]
  }

  private var size: FormField {
    choice(
      "size", "model size", "ready-made numbers for the settings under more",
      ModelSize.allCases.map(\.rawValue) + ["custom"])
  }

  private var model: [FormField] {
    let model = form.model
    return ModelSetting.all.filter { $0.applies(to: model) }.map {
      FormField($0.key, $0.label, $0.description)
    }
  }

  private var workloadSettings: [FormField] {
    (workload?.hyperparameters ?? []).map {
      FormField("workload.\($0.key)", Shown.label($0.key), $0)
    }
  }

  private var steps: FormField {
    number("steps", "steps", "length of the run and of its schedule", 1...10_000_000, 800)
  }

  private var schedule: FormField {
    choice(
      "schedule", "schedule", "how the learning rate moves over the budget",
      ScheduleConfiguration.Kind.allCases.map(\.rawValue))
  }

  private var rest: [FormField] {
    [
      FormField(
        "warmup", "warm-up",
        Hyperparameter("warmup", "the rate rises linearly at first", .pattern(default: "10%")),
        accepts: .stepsOrShare),
      FormField(
        "clip", "clip",
        Hyperparameter(
          "clip", "largest norm of the whole gradient",
          .number(default: 1, range: 1e-6...1e6, scale: .logarithmic)), accepts: .word("none")),
      number(
        "seed", "first seed", "data order, weights and coins follow from it", 0...1_000_000_000, 0),
      FormField(
        "evaluateEvery", "eval every",
        Hyperparameter(
          "evaluateEvery", "steps between validations; auto = steps/20",
          .integer(default: 40, range: 1...1_000_000)), unit: "steps", accepts: .word("auto")),
      FormField(
        "threads", "threads",
        Hyperparameter(
          "threads", "maximum threads; results do not depend on it",
          .integer(default: 2, range: 1...256)), accepts: .word("all")),
    ]
  }

  private func armFields(_ arm: Int) -> [FormField] {
    let (base, wrapper, isMatched) = FormTexts.parts(arm: arm, form.texts)
    let wrappers = form.catalog.wrappers.map(\.name)
    let summary =
      isMatched
      ? "the base alone, its step size matched to the wrapper's"
      : wrapper.flatMap(form.catalog.wrapper)?.summary ?? "the base as it is"
    return [
      choice(
        "arm\(arm).base", "optimizer", form.catalog.base(base)?.summary ?? "",
        form.catalog.bases.map(\.name)),
      choice(
        "arm\(arm).wrapper", "wrapper", summary,
        ["none"] + wrappers + wrappers.map { "matched \($0)" }),
    ]
      + form.catalog.settings(base: base, wrapper: wrapper).filter { $0.twin == nil }.map {
        FormField("arm\(arm).\($0.key)", label(of: $0.key), $0)
      }
  }

  private func label(of key: String) -> String { key == "mask" ? "mask prob." : Shown.label(key) }

  func choice(_ id: String, _ label: String, _ help: String, _ allowed: [String]) -> FormField {
    FormField(
      id, label,
      Hyperparameter(id, help, .choice(default: allowed.first ?? "", allowed: allowed)))
  }

  func number(
    _ id: String, _ label: String, _ help: String, _ range: ClosedRange<Int>, _ value: Int
  ) -> FormField {
    FormField(id, label, Hyperparameter(id, help, .integer(default: value, range: range)))
  }
}
