import Dispatch
import EventStream
import History
import Lessons
import Optimizers
import RunModel
import Statistics
import Studies
import TensorKernels
import Training
import Workloads

/// Trains what a lesson wants, without a screen, and keeps the record; every call returns when it is
/// done.
package final class LessonStage {
  private struct Live {
    let controller: RunController
    let channels: RunChannels
    let history: RunHistory
    let woken: DispatchSemaphore
  }

  package private(set) var record = LessonRecord()
  private var live: Live?

  package init() {}

  deinit { stop() }

  package func perform(_ wish: LessonWish) throws -> LessonRecord {
    switch wish {
    case .begin(let start): try begin(start)
    case .train(let steps): try train(steps)
    case .sweep(let plan, let configuration, let isForLearner):
      let sweep = try Self.sweep(plan, configuration)
      if isForLearner { record.learnerSweep = sweep } else { record.sweep = sweep }
    case .compare, .turned, .finished: break
    }
    return record
  }

  // MARK: Runs

  private func begin(_ start: LessonStart) throws(RunError) {
    stop()
    let source = try WorkloadRegistry.source(for: start.configuration)
    let woken = DispatchSemaphore(value: 0)
    let channels = RunChannels(
      rows: RowMailbox(blockCount: source.layout.blocks.count), wake: { woken.signal() })
    let controller = RunController(
      configuration: start.configuration, source: source, channels: channels,
      options: RunOptions(start))
    let history = RunHistory(start.configuration)
    live = Live(controller: controller, channels: channels, history: history, woken: woken)
    record.learner = history
    if !start.isForLearner { record.histories[start.run] = history }
    controller.start()
    try wait(until: start.pausesAfter ?? start.configuration.steps)
  }

  private func train(_ steps: Int) throws(RunError) {
    guard let live else { return }
    let target = live.history.newestStep + steps
    live.controller.send(.step(steps))
    try wait(until: target)
  }

  /// Takes in what the run tells until it stands still at a step or is over.
  private func wait(until step: Int) throws(RunError) {
    guard let live else { return }
    while true {
      _ = live.woken.wait(timeout: .now() + 0.2)
      collect(live)
      if let failure = live.controller.failure { throw failure }
      let phase = live.history.phase
      if phase.isOver || (phase == .paused && live.history.newestStep >= step) { return }
    }
  }

  private func collect(_ live: Live) {
    var events: [RunEvent] = []
    live.channels.events.drain(into: &events)
    if let mailbox = live.channels.rows {
      var rows = mailbox.empty
      mailbox.drain(into: &rows)
      live.history.append(rows)
    }
    live.history.append(events)
  }

  private func stop() {
    live?.controller.stop()
    live?.controller.waitUntilFinished()
    live = nil
  }

  // MARK: Sweeps

  private static func sweep(
    _ lessonPlan: LessonSweepPlan, _ configuration: RunConfiguration
  ) throws -> LessonSweep {
    let plan = try SweepPlan(
      configuration: configuration, axes: [try GridAxis(parsing: lessonPlan.grid)],
      tuningSeeds: lessonPlan.tuningSeeds, judgingSeeds: lessonPlan.judgingSeeds,
      kernels: KernelLevel.current.name(configuration.model.precision),
      catalog: OptimizerRegistry.catalog)
    var results: [CellResult] = []
    while true {
      switch plan.course(results).stage {
      case .tuning(let cells), .judging(let cells):
        let open = cells.filter { cell in !results.contains { $0.id == cell.id } }
        results += try train(open, of: plan)
      case .complete: return found(plan, results)
      }
    }
  }

  private static func found(_ plan: SweepPlan, _ results: [CellResult]) -> LessonSweep {
    let findings = SweepFindings(plan: plan, results: results)
    let arms = plan.configuration.arms
    return LessonSweep(
      arms,
      arms: arms.indices.map { arm in
        LessonSweep.Arm(
          best: findings.bestPoints[arm].map { findings.plan.points(ofArm: arm)[$0][0].value },
          isAtEdge: !findings.edgeKeys(ofArm: arm).isEmpty)
      },
      verdicts: findings.experiment(margin: .usual).verdicts)
  }

  /// Trains cells, as many at a time as there are cores.
  ///
  /// A control is trained beside the arm it follows, whose own cell is read from the same records.
  private static func train(_ cells: [StudyCell], of plan: SweepPlan) throws -> [CellResult] {
    let source = try WorkloadRegistry.source(for: plan.configuration)
    let controls = cells.filter { plan.configuration.arms[$0.arm].isMatched }
    let followed = Dictionary(grouping: cells.filter { !controls.contains($0) }) { cell in
      controls.first {
        ($0.phase, $0.seed) == (cell.phase, cell.seed)
          && plan.run(of: $0).arms.contains(plan.specification(of: cell))
      }
    }
    let trained = controls + (followed[nil] ?? [])
    let outcomes = Locked<[Result<[CellResult], any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: trained.count) { place in
      let cell = trained[place]
      let outcome = Result {
        let records = try train(plan.run(of: cell), source)
        return try ([cell] + (followed[cell] ?? [])).map {
          try CellResult.reading(records, of: $0, in: plan).result
        }
      }
      outcomes.withLock { $0.append(outcome) }
    }
    return try outcomes.withLock { $0 }.flatMap { try $0.get() }
  }

  /// Trains a cell and returns its records.
  private static func train(
    _ configuration: RunConfiguration, _ source: any WorkloadSource
  ) throws -> [EvaluationRecord] {
    let channels = RunChannels()
    let controller = RunController(
      configuration: configuration, source: source.seeded(configuration.seed), channels: channels)
    controller.start()
    controller.waitUntilFinished()
    if let failure = controller.failure { throw failure }
    var events: [RunEvent] = []
    channels.events.drain(into: &events)
    return events.compactMap { event in
      switch event {
      case .evaluated(_, let record), .armFinished(_, let record): record
      case .started, .journaled, .probed, .refused, .finished, .failed: nil
      }
    }
  }
}

extension RunOptions {
  /// How a lesson's run is made.
  package init(_ start: LessonStart) {
    self.init(
      startsPaused: start.pausesAfter == 0, pausesAfter: start.pausesAfter,
      takesFinalSnapshot: false, probeRunner: RegisteredProbes(), probes: start.probes)
  }
}

/// A lesson played on several sets of seeds, and what is wrong with it.
package struct LessonCheck: Sendable {
  package let lesson: Lesson
  package let outcomes: [LessonOutcome]

  /// Plays a lesson so many times.
  package init(_ lesson: Lesson, plays: Int = 1) throws {
    var outcomes: [LessonOutcome] = []
    try Self.play([lesson], plays: plays) { outcomes = $0.outcomes }
    self.init(lesson, outcomes)
  }

  private init(_ lesson: Lesson, _ outcomes: [LessonOutcome]) {
    (self.lesson, self.outcomes) = (lesson, outcomes)
  }

  package var findings: [LessonFinding] { lesson.findings(outcomes) }

  /// Plays lessons so many times each, as many plays at a time as there are cores, and tells of each in
  /// their order as soon as it and those before it are played.
  package static func play(
    _ lessons: [Lesson], plays: Int, tell: (LessonCheck) throws -> Void
  ) throws {
    let played = Locked<[Int: Result<LessonOutcome, any Error>]>([:])
    let ends = lessons.map { _ in DispatchGroup() }
    for end in ends { for _ in 0..<plays { end.enter() } }
    DispatchQueue.global().async {
      DispatchQueue.concurrentPerform(iterations: lessons.count * plays) { number in
        let (lesson, play) = number.quotientAndRemainder(dividingBy: plays)
        let result = Result { try outcome(of: lessons[lesson], play: play) }
        played.withLock { $0[number] = result }
        ends[lesson].leave()
      }
    }
    for (place, lesson) in lessons.enumerated() {
      ends[place].wait()
      let results = played.withLock(\.self)
      let outcomes = try (0..<plays).compactMap { try results[place * plays + $0]?.get() }
      try tell(LessonCheck(lesson, outcomes))
    }
  }

  /// How the lesson comes out on a set of seeds that no other of its plays has.
  private static func outcome(of lesson: Lesson, play: Int) throws -> LessonOutcome {
    let seeds = max(1, lesson.runs.first?.configuration.seeds ?? 1)
    let stage = LessonStage()
    let (player, record) = try LessonRehearsal(
      lesson, seedShift: UInt64(play * seeds), stage: stage.perform
    ).play()
    return LessonOutcome(player, record)
  }
}
