import Charts
import RunModel

/// What becomes of a form that is filled in.
package enum FormPurpose: Sendable, Hashable {
  /// One run of all arms.
  case run
  /// A sweep: every arm tuned on the same grid, then judged.
  case sweep

  var title: String {
    switch self {
    case .run: "new comparison"
    case .sweep: "new sweep"
    }
  }
}

extension Form {
  static let sweepDefaults: [String: String] = [
    "sweep.key": "lr", "sweep.low": "1e-4", "sweep.high": "1e-2", "sweep.count": "5",
    "sweep.spacing": "log", "sweep.tuning": "3", "sweep.judging": "8", "sweep.control": "true",
    "sweep.extend": "0",
    "sweep.margin": "auto", "sweep.directory": "auto",
  ]

  /// The sweep the form describes; nil with the focus on the first field that is wrong.
  mutating func submitSweep() -> SweepRequest? {
    guard var configuration = submit() else { return nil }
    if let problem = gridProblem(configuration) {
      errors[problem.id] = problem.text
      move(to: problem.id)
      return nil
    }
    let hasControl = text("sweep.control") == "true"
    if hasControl { configuration = configuration.addingControls(most: Form.mostArms) }
    var request = SweepRequest(configuration: configuration, grids: [gridText])
    request.hasControl = hasControl
    request.extending = Int(text("sweep.extend")) ?? 0
    request.tuningSeeds = Int(text("sweep.tuning")) ?? request.tuningSeeds
    request.judgingSeeds = Int(text("sweep.judging")) ?? request.judgingSeeds
    if let margin = Double(text("sweep.margin")) { request.margin = .absolute(margin) }
    let directory = text("sweep.directory")
    request.directory = directory == "auto" || directory.isEmpty ? nil : directory
    return request
  }

  private var gridText: String {
    "\(text("sweep.key"))=\(text("sweep.low"))..\(text("sweep.high")):\(text("sweep.count"))"
      + ":\(text("sweep.spacing"))"
  }

  /// What is wrong with the grid as a whole.
  private func gridProblem(_ configuration: RunConfiguration) -> (id: String, text: String)? {
    guard let low = Double(text("sweep.low")), let high = Double(text("sweep.high")) else {
      return nil
    }
    if low >= high { return ("sweep.high", "must be above the lowest value") }
    if low <= 0, text("sweep.spacing") == "log" {
      return ("sweep.spacing", "\(text("sweep.low")) has no logarithm: linear")
    }
    for (id, value) in [("sweep.low", text("sweep.low")), ("sweep.high", text("sweep.high"))] {
      for arm in configuration.arms {
        let settings = catalog.settings(base: arm.base, wrapper: arm.wrapper)
        guard let setting = settings.first(where: { $0.key == text("sweep.key") }) else {
          return ("sweep.key", "\(arm.name) has no such setting")
        }
        if setting.value(from: value) == nil { return (id, "wants \(setting.allowed)") }
      }
    }
    return nil
  }

  /// `45 tuning + 24 judging + 3 repeat runs`, as far as the fields make sense.
  var sweepSize: String {
    guard let values = Int(text("sweep.count")), let tuning = Int(text("sweep.tuning")),
      let judging = Int(text("sweep.judging")), values < 1000, tuning <= 1000, judging <= 1000
    else { return "" }
    let controls = text("sweep.control") == "true" ? missingControls : 0
    let arms = armCount + controls
    let judged = judging > 0 ? " + \(arms * judging) judging + \(arms) repeat" : ""
    return "\(values * arms * tuning) tuning\(judged) runs"
  }

  private var missingControls: Int {
    let parts = (0..<armCount).map { FormTexts.parts(arm: $0, texts) }
    return parts.count { part in
      part.wrapper != nil && !part.isMatched
        && !parts.contains { $0.isMatched && $0.base == part.base && $0.wrapper == part.wrapper }
    }
  }
}

extension FormFields {
  /// The fields that only a sweep has.
  var sweep: [FormField] {
    let text = Hyperparameter.Kind.pattern(default: "auto")
    return [
      choice("sweep.key", "sweep", "the setting that is tuned, in every arm", keys),
      end("sweep.low", "lowest", "first value of the grid", 1e-4),
      end("sweep.high", "highest", "last value of the grid", 1e-2),
      number("sweep.count", "values", "how many values, both ends included", 2...200, 5),
      choice("sweep.spacing", "spacing", "how the values lie", ["log", "linear"]),
      number(
        "sweep.tuning", "tuning seeds", "seeds that choose the values", 1...1000, 3),
      number(
        "sweep.judging", "judge seeds",
        "fresh seeds that judge each arm at its best; a verdict needs 6, grade A 8", 0...1000, 8),
      number(
        "sweep.extend", "extend",
        "points that an arm whose best lies at the edge may be given outward", 0...100, 0),
      FormField(
        "sweep.control", "controls",
        Hyperparameter(
          "control", "adds matched(...): the same step without the mask; grade A wants it",
          .flag(default: true))),
      margin,
      FormField(
        "sweep.directory", "directory",
        Hyperparameter("directory", "a new directory for the cells; auto names one", text),
        accepts: .path),
    ]
  }

  private var margin: FormField {
    let unit = workload?.lossUnit ?? .none
    let usual = unit == .nats ? ".01 nats" : "5 % of the reference's loss"
    return FormField(
      "sweep.margin", "margin",
      Hyperparameter(
        "margin", "differences within it do not matter; auto is \(usual)",
        .number(default: 0.01, range: 0...1e9, scale: .linear)), unit: unit.label,
      accepts: .word("auto"))
  }

  /// An end of the grid, in the range of what is swept.
  private func end(_ id: String, _ label: String, _ help: String, _ value: Double) -> FormField {
    let parts = FormTexts.parts(arm: 0, form.texts)
    let settings = form.catalog.settings(base: parts.base, wrapper: parts.wrapper)
    let swept = settings.first { $0.key == form.text("sweep.key") }
    var range = 0.0...1e9
    if case .number(_, let allowed, _) = swept?.kind { range = allowed }
    if case .integer(_, let allowed) = swept?.kind {
      range = Double(allowed.lowerBound)...Double(allowed.upperBound)
    }
    return FormField(
      id, label, Hyperparameter(id, help, .number(default: value, range: range, scale: .linear)))
  }

  /// The numbers that every arm has.
  private var keys: [String] {
    let settings = (0..<form.armCount).map { arm in
      let parts = FormTexts.parts(arm: arm, form.texts)
      return form.catalog.settings(base: parts.base, wrapper: parts.wrapper).filter(\.isNumber)
        .map(\.key)
    }
    let first = settings.first ?? []
    let shared = first.filter { key in settings.allSatisfy { $0.contains(key) } }
    return shared.isEmpty ? ["lr"] : shared
  }
}

extension Hyperparameter {
  fileprivate var isNumber: Bool {
    switch kind {
    case .number, .integer: true
    case .flag, .choice, .pattern: false
    }
  }
}
