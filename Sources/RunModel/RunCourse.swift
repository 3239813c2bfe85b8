/// A run as configured, with everything its journal changed: what is in force at every step.
///
/// `settings in force = fold(journal) over the configuration`. A step's settings are those its
/// update is computed with: a change of step k first shows in the state after k updates.
package struct RunCourse: Sendable, Hashable {
  package let configuration: RunConfiguration
  /// The entries that change what is trained, in order: changes, joins, leaves, replacements, budgets.
  package private(set) var journal: [JournalEntry] = []

  package init(_ configuration: RunConfiguration, journal: [JournalEntry] = []) {
    self.configuration = configuration
    for entry in journal { note(entry) }
  }

  /// Takes in an entry; those that change nothing in the training are passed over.
  package mutating func note(_ entry: JournalEntry) {
    switch entry.kind {
    case .change, .join, .leave, .replace, .extend: journal.append(entry)
    case .mark, .pause, .resume, .diverged, .fork, .end: break
    }
  }

  /// The course as it was when `step` had been computed: later entries are gone.
  package func upTo(_ step: Int) -> RunCourse {
    RunCourse(configuration, journal: journal.filter { $0.step <= step })
  }

  /// The entries that first take effect in the computation of `step`.
  package func entries(at step: Int) -> [JournalEntry] {
    journal.isEmpty ? [] : journal.filter { $0.step == step }
  }

  /// Live changes of settings, in order.
  package var changes: [Intervention] { journal.compactMap(\.change) }

  // MARK: Arms

  /// All arms that ever took part, in the order of their ids.
  package var roster: [RunArm] {
    let joined = journal.compactMap(\.joined)
    return configuration.roster + joined
  }

  /// The arms that take part in the computation of `step`.
  package func arms(at step: Int) -> [RunArm] {
    let left = journal.filter { $0.kind == .leave && $0.step <= step }.compactMap(\.arm)
    return roster.filter { !left.contains($0.id) }
  }

  /// An id that no arm has had.
  package var nextID: ArmID { ArmID((roster.map(\.id.number).max() ?? -1) + 1) }

  /// How `arm` is set in the computation of `step`.
  package func settings(of arm: RunArm, at step: Int) -> ArmSpecification {
    journal.reduce(arm.specification) { settings, entry in
      guard entry.step <= step else { return settings }
      if entry.kind == .replace, entry.arm == arm.id { return entry.settings ?? settings }
      guard let change = entry.change, change.concerns(arm.id),
        settings.values[change.key] != nil
      else { return settings }
      return settings.setting(change.key, to: change.newValue)
    }
  }

  // MARK: Budget

  private func budget(at step: Int) -> JournalEntry? {
    journal.last { $0.kind == .extend && $0.step <= step }
  }

  /// The length of the schedule that `step` is computed under.
  package func steps(at step: Int) -> Int { budget(at: step)?.steps ?? configuration.steps }

  /// Where the run ends.
  package var finalStep: Int { steps(at: .max) }

  /// The factor on every learning rate in the computation of `step`.
  package func scheduleFactor(step: Int) -> Double {
    configuration.schedule.factor(step: step, of: steps(at: step))
  }

  /// Whether `step` ends with an evaluation.
  package func evaluates(after step: Int) -> Bool {
    step == 0 || step == finalStep || step.isMultiple(of: configuration.evaluationInterval)
  }
}
