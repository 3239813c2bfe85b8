import RunModel

/// An arm with its runs, ready to be judged.
package struct JudgedArm: Sendable {
  package var lane: Lane
  /// The settings the arm was declared with.
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

  /// Whether both are the same optimizer with the same settings, however written.
  func repeats(_ other: JudgedArm) -> Bool {
    arm.name == other.arm.name && arm.values == other.arm.values
  }
}

/// Runs that belong together and how they were made: the one place where verdicts are prepared.
///
/// Explorer, `compare`, `report` and `sweep` hand over what they have, and get the same bytes for the
/// same runs. The reference of an arm is the plain arm of the same base, else the first plain arm,
/// else the first arm; the control is the matched arm of the same wrapper and base. Controls are never
/// subjects, arms that repeat another are an A/A experiment and no subjects either.
package struct Experiment: Sendable {
  package var setting: ComparisonSetting
  package var arms: [JudgedArm]
  /// What only the maker of the runs can know; what the runs show by themselves is added.
  package var conduct: Conduct
  package var margin: Margin

  package init(
    _ configuration: RunConfiguration, arms: [JudgedArm], declaredSeeds: Int, conduct: Conduct,
    margin: Margin = .usual
  ) {
    setting = ComparisonSetting(configuration, seeds: declaredSeeds)
    (self.arms, self.conduct, self.margin) = (arms, conduct, margin)
  }

  package var verdicts: [Verdict] { Verdict.judge(comparisons) }

  /// One comparison per arm that is judged, in the order of the arms.
  package var comparisons: [ComparisonInput] {
    let arms = distinctArms
    let common = conductOfAll
    return arms.indices.compactMap { subject in
      guard isSubject(subject, among: arms),
        let reference = Self.reference(for: subject, among: arms)
      else { return nil }
      let control = Self.control(of: subject, among: arms)
      var conduct = common
      conduct.subjectSweep = arms[subject].sweep
      conduct.referenceSweep = arms[reference].sweep
      conduct.controlSweep = control.flatMap { arms[$0].sweep }
      return ComparisonInput(
        setting: setting, subject: arms[subject].results, reference: arms[reference].results,
        control: control.map { arms[$0].results }, conduct: conduct, margin: margin)
    }
  }

  /// Arms that merely repeat another left out, unless nothing would be left to compare.
  private var distinctArms: [JudgedArm] {
    let distinct = arms.enumerated().filter { index, arm in
      !arms[..<index].contains { $0.repeats(arm) }
    }.map(\.element)
    return distinct.count > 1 ? distinct : arms
  }

  /// The conduct with what the runs themselves show: equal starts, and whether repeats came out alike.
  private var conductOfAll: Conduct {
    var conduct = conduct
    conduct.hasSameInitialization = ArmResults.startTogether(arms.map(\.results))
    var answers = [conduct.isRepeatIdentical].compactMap(\.self)
    for (index, arm) in arms.enumerated() {
      guard let twin = arms[..<index].first(where: arm.repeats) else { continue }
      if let answer = ArmResults.areIdentical(arm.results, twin.results) { answers.append(answer) }
    }
    conduct.isRepeatIdentical = answers.isEmpty ? nil : answers.allSatisfy(\.self)
    return conduct
  }

  /// A matched arm explains another one; it is judged itself only where all others are plain.
  private func isSubject(_ index: Int, among arms: [JudgedArm]) -> Bool {
    !arms[index].arm.isMatched
      || !arms.contains { $0.arm.wrapper != nil && !$0.arm.isMatched }
  }

  private static func reference(for subject: Int, among arms: [JudgedArm]) -> Int? {
    let plain = arms.indices.filter { arms[$0].arm.wrapper == nil }
    let ofSameBase = plain.filter { arms[$0].arm.base == arms[subject].arm.base }
    let isWrapped = arms[subject].arm.wrapper != nil
    let own = isWrapped ? ofSameBase.first : ofSameBase.first { $0 < subject }
    let found = own ?? plain.first ?? arms.indices.first
    return found == subject ? nil : found
  }

  /// The matched arm of the same wrapper and base whose settings differ least.
  private static func control(of subject: Int, among arms: [JudgedArm]) -> Int? {
    let followed = arms[subject].arm
    guard followed.wrapper != nil, !followed.isMatched else { return nil }
    let candidates = arms.indices.filter {
      arms[$0].arm.isMatched && arms[$0].arm.base == followed.base
        && arms[$0].arm.wrapper == followed.wrapper
    }
    return candidates.min {
      differences(arms[$0].arm, followed) < differences(arms[$1].arm, followed)
    }
  }

  private static func differences(_ one: ArmSpecification, _ other: ArmSpecification) -> Int {
    one.values.count { other.values[$0.key] != $0.value }
  }
}
