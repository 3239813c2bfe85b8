import RunModel

/// Plays a lesson to its end without a learner: everything that is offered is trained, every task
/// that offers nothing is tried step by step.
package struct LessonRehearsal {
  /// Does what the lesson wants and returns the record when it is done.
  package typealias Stage = (LessonWish) throws -> LessonRecord

  package let lesson: Lesson
  /// Seeds are counted from here on.
  package let seedShift: UInt64
  private let stage: Stage

  package init(_ lesson: Lesson, seedShift: UInt64 = 0, stage: @escaping Stage) {
    (self.lesson, self.seedShift, self.stage) = (lesson, seedShift, stage)
  }

  /// - Throws: what the stage throws, and `RunError` where the lesson does not go on.
  package func play() throws -> (player: LessonPlayer, record: LessonRecord) {
    var player = LessonPlayer(lesson, seedShift: seedShift)
    var record = LessonRecord()
    var wishes = player.perform(.open(at: 0), record)
    while !player.isFinished {
      for wish in wishes { record = try stage(wish) }
      let place = player.place
      wishes = player.perform(.news, record)
      if wishes.isEmpty { wishes = try goOn(&player, &record) }
      if player.isWaiting, wishes.isEmpty, player.place == place {
        throw RunError(
          .failure, "waits in vain for what its beat \(place + 1) asks",
          place: "lesson '\(lesson.name)'",
          remedy: "give the beat a task or an end that its runs can reach")
      }
    }
    return (player, record)
  }

  private func goOn(
    _ player: inout LessonPlayer, _ record: inout LessonRecord
  ) throws -> [LessonWish] {
    guard case .task = player.beat.act, !player.doneTasks.contains(player.place) else {
      return player.perform(.forward, record)
    }
    let wishes = player.perform(.forward, record)
    guard wishes.isEmpty else { return wishes }
    guard let run = record.learner?.moment(), !run.phase.isOver else {
      return player.perform(.skip, record)
    }
    return [.train(steps: 1)]
  }
}
