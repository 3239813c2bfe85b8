import RunModel

/// The fields that apply to a form as it stands, in the order of the cursor.
struct FormFields {
  let form: Form

  var all: [FormField] {
    (form.purpose == .sweep ? sweep : []) + general + (isLanguage ? data : []) + workloadSettings
      + (isLanguage ? model : []) + budget
      + (0..<form.armCount).flatMap(arm) + buttons
  }

  var workload: WorkloadDescriptor? {
    form.workloads.first { $0.name == form.text("workload") }
  }

  private var isLanguage: Bool { workload?.isLanguage ?? true }

  private var general: [FormField] {
    let names = form.workloads.map(\.name)
    return [
      FormField(
        "workload", "workload",
        Hyperparameter(
          "workload", workload?.summary ?? "what is trained",
          .choice(default: names.first ?? "", allowed: names)), group: "task")
    ]
  }

  private var data: [FormField] {
    let source = FormField(
      "data", "data",
      Hyperparameter(
        "data", "what the model reads: the generated language of known entropy, or your text",
        .choice(default: "built-in", allowed: ["built-in", "file"])), group: "task")
    guard form.text("data") == "file" else { return [source] }
    let file = FormField(
      "file", "file",
      Hyperparameter(
        "file", "bytes, 90/10 for training and validation",
        .pattern(default: "")), accepts: .path, group: "task")
    return [source, file]
  }

  private var model: [FormField] {
    let sizes = ModelSize.allCases.map(\.rawValue) + ["custom"]
    let model = form.model
    return [
      choice("size", "model size", "ready-made numbers for the fields below", sizes, "model")
    ]
      + ModelSetting.all.filter { $0.applies(to: model) }.map {
        FormField($0.key, $0.label, $0.description, group: "model")
      }
  }

  private var workloadSettings: [FormField] {
    (workload?.hyperparameters ?? []).map {
      FormField("workload.\($0.key)", $0.key, $0, group: "task")
    }
  }

  private var budget: [FormField] {
    let seeds = number(
      "seeds", "seeds", "paired runs; a verdict needs at least 6", 1...64, 1, "budget")
    // A sweep declares its seeds itself.
    return limits + (form.purpose == .run ? [seeds] : []) + rest
  }

  private var limits: [FormField] {
    [
      number(
        "steps", "steps", "length of the run and of its schedule", 1...10_000_000, 800, "budget"),
      choice(
        "schedule", "schedule", "how the learning rate moves over the budget",
        ScheduleConfiguration.Kind.allCases.map(\.rawValue), "budget"),
      FormField(
        "warmup", "warm-up",
        Hyperparameter("warmup", "the rate rises linearly at first", .pattern(default: "10%")),
        accepts: .stepsOrShare, group: "budget"),
      FormField(
        "clip", "clip",
        Hyperparameter(
          "clip", "largest norm of the whole gradient",
          .number(default: 1, range: 1e-6...1e6, scale: .logarithmic)), accepts: .word("none"),
        group: "budget"),
    ]
  }

  private var rest: [FormField] {
    [
      number(
        "seed", "first seed", "data order, weights and coins follow from it", 0...1_000_000_000, 0,
        "budget"),
      FormField(
        "evaluateEvery", "eval every",
        Hyperparameter(
          "evaluateEvery", "steps between validations; auto = steps/20",
          .integer(default: 40, range: 1...1_000_000)), unit: "steps", accepts: .word("auto"),
        group: "budget"),
      FormField(
        "threads", "threads",
        Hyperparameter(
          "threads", "maximum threads; results do not depend on it",
          .integer(default: 2, range: 1...256)), accepts: .word("all"), group: "budget"),
    ]
  }

  private func arm(_ index: Int) -> [FormField] {
    let (base, wrapper, isMatched) = FormTexts.parts(arm: index, form.texts)
    let group = "arm \(index + 1)"
    let wrappers = form.catalog.wrappers.map(\.name)
    let choices = ["none"] + wrappers + wrappers.map { "matched \($0)" }
    let summary =
      isMatched
      ? "the base alone, its step size matched to the wrapper's"
      : wrapper.flatMap(form.catalog.wrapper)?.summary ?? "the base as it is"
    let head = [
      FormField(
        "arm\(index).base", "optimizer",
        Hyperparameter(
          "base", form.catalog.base(base)?.summary ?? "",
          .choice(default: "adam", allowed: form.catalog.bases.map(\.name))), group: group),
      FormField(
        "arm\(index).wrapper", "wrapper",
        Hyperparameter("wrapper", summary, .choice(default: "none", allowed: choices)),
        group: group),
    ]
    return head
      + form.catalog.settings(base: base, wrapper: wrapper).filter { $0.twin == nil }.map {
        FormField("arm\(index).\($0.key)", label(of: $0.key), $0, group: group)
      }
  }

  private func label(of key: String) -> String { key == "mask" ? "mask prob." : Shown.label(key) }

  private var buttons: [FormField] {
    let add = FormField(
      "add", "[ add an arm ]",
      Hyperparameter("add", "one more optimizer on the same data", .pattern(default: "")),
      accepts: .button, group: "arms")
    let remove = FormField(
      "remove", "[ remove the last ]",
      Hyperparameter("remove", "one optimizer less", .pattern(default: "")), accepts: .button,
      group: "arms")
    return (form.armCount < Form.mostArms ? [add] : []) + (form.armCount > 1 ? [remove] : [])
  }

  func choice(
    _ id: String, _ label: String, _ help: String, _ allowed: [String], _ group: String
  ) -> FormField {
    FormField(
      id, label, Hyperparameter(id, help, .choice(default: allowed[0], allowed: allowed)),
      group: group)
  }

  func number(
    _ id: String, _ label: String, _ help: String, _ range: ClosedRange<Int>, _ value: Int,
    _ group: String
  ) -> FormField {
    FormField(
      id, label, Hyperparameter(id, help, .integer(default: value, range: range)), group: group)
  }
}
