import RunModel

/// Where a run in a directory stands.
package enum RunStage: String, Sendable, Hashable {
  case training, paused, finished
  /// Nobody writes it any more, and it did not reach its end.
  case interrupted

  /// Judged from what was recorded and from whether somebody writes it.
  ///
  /// - Parameter isOwned: whether the run's owner is there, or may be.
  package init(
    _ course: RunCourse, records: [EvaluationRecord], journal: [JournalEntry], isOwned: Bool
  ) {
    if Self.isComplete(course, records, journal) {
      self = .finished
    } else if isOwned {
      let last = journal.last { $0.kind == .pause || $0.kind == .resume }
      self = last?.kind == .pause ? .paused : .training
    } else {
      self = .interrupted
    }
  }

  /// Every arm and seed ran all its steps or diverged. A run that was stopped closes its arms too,
  /// at the step they had reached.
  private static func isComplete(
    _ course: RunCourse, _ records: [EvaluationRecord], _ journal: [JournalEntry]
  ) -> Bool {
    if let end = journal.last(where: { $0.kind == .end })?.text {
      return RunOutcome(rawValue: end) != .stopped
    }
    let closing = records.filter { $0.final == true }
    return course.arms(at: course.finalStep).allSatisfy { arm in
      course.configuration.seedValues.allSatisfy { seed in
        closing.contains {
          $0.lane == arm.lane.letter && $0.seed == seed
            && ($0.diverged != nil || $0.step >= course.finalStep)
        }
      }
    }
  }
}

extension RunDirectory {
  /// What the run was computed with, as its newest checkpoint says; nil before the first.
  package func readStamp(of configuration: RunConfiguration) throws(RunError) -> RunStamp? {
    guard let arm = configuration.roster.first, let seed = configuration.seedValues.first else {
      return nil
    }
    let path = checkpointPath(of: arm.id, seed: seed, configuration) + "/state.json"
    guard OwnerFile.exists(path) else { return nil }
    return try ArmStateFile.decode(try DurableFile.read(path), place: path).stamp
  }
}
