import RunModel
import Statistics

/// An arm with its runs, ready to be compared.
package struct JudgedArm: Sendable {
  package var lane: Lane
  package var arm: ArmSpecification
  package var runs: [SeedRun]
  /// How its settings were chosen; nil when they were not swept.
  package var sweep: SweepRecord?

  package init(lane: Lane, arm: ArmSpecification, runs: [SeedRun], sweep: SweepRecord? = nil) {
    (self.lane, self.arm, self.runs, self.sweep) = (lane, arm, runs, sweep)
  }

  package var results: ArmResults {
    ArmResults(name: lane.name, specification: arm.text, runs: runs)
  }

  /// One comparison per arm that is neither a reference nor the control of another.
  ///
  /// The reference is the plain arm of the same base, else the first plain arm, else the first arm;
  /// the control is the matched arm that follows the subject.
  package static func comparisons(
    _ arms: [JudgedArm], setting: ComparisonSetting, conduct: Conduct, margin: Double
  ) -> [ComparisonInput] {
    subjects(of: arms).compactMap { index in
      guard let reference = reference(for: index, among: arms) else { return nil }
      var conduct = conduct
      conduct.subjectSweep = arms[index].sweep
      conduct.referenceSweep = arms[reference].sweep
      return ComparisonInput(
        setting: setting, subject: arms[index].results, reference: arms[reference].results,
        control: control(of: index, among: arms).map { arms[$0].results }, conduct: conduct,
        margin: margin)
    }
  }

  private static func subjects(of arms: [JudgedArm]) -> [Int] {
    arms.indices.filter { index in
      !arms.indices.contains { control(of: $0, among: arms) == index }
    }
  }

  private static func reference(for subject: Int, among arms: [JudgedArm]) -> Int? {
    let plain = arms.indices.filter { arms[$0].arm.wrapper == nil }
    let own = plain.first { arms[$0].arm.base == arms[subject].arm.base && $0 < subject }
    let wrapped = plain.first { arms[$0].arm.base == arms[subject].arm.base }
    let isWrapped = arms[subject].arm.wrapper != nil
    let found = (isWrapped ? wrapped : own) ?? plain.first ?? arms.indices.first
    return found == subject ? nil : found
  }

  /// The matched arm of the same wrapper and base, settings like the rate aside.
  private static func control(of subject: Int, among arms: [JudgedArm]) -> Int? {
    let followed = arms[subject].arm
    guard followed.wrapper != nil, !followed.isMatched else { return nil }
    return arms.indices.first {
      arms[$0].arm.isMatched && arms[$0].arm.base == followed.base
        && arms[$0].arm.wrapper == followed.wrapper
    }
  }
}

extension ComparisonSetting {
  /// What was compared, in the words of the sentence.
  package init(_ run: RunConfiguration, seeds: Int) {
    let isLanguage = run.workload == "language"
    let size = run.model.size?.rawValue ?? "\(run.model.layers)x\(run.model.width)"
    self.init(
      model: isLanguage ? "\(size) model" : "\(run.workload) workload",
      data: run.dataWords, loss: isLanguage ? "val loss" : "held-out loss",
      lossUnit: run.lossUnit, budget: run.steps, declaredSeeds: seeds)
  }
}

extension RunConfiguration {
  /// The data in a few words.
  var dataWords: String {
    switch data {
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    case .required: "the given text"
    case .builtIn: workload == "language" ? "the built-in language" : "its built-in data"
    }
  }
}
