import Explorer
import Foundation
import RunModel
import RunStore
import Statistics
import Studies

/// Turns what a sweep's directory holds into what the Sweep screen shows.
struct SweepPainter: Sendable {
  private var plan: SweepPlan
  private var results: SweepResults
  private var watch: SweepWatch
  private var pace: SweepPace
  private(set) var picture = SweepPicture()
  /// When the findings were last computed: with thousands of cells that is not done for each.
  private var painted: Duration?
  private var isStale = false

  init(plan: SweepPlan, folder: BoardFolder) {
    self.plan = plan
    results = SweepResults(folder)
    watch = SweepWatch(folder, plan: plan)
    pace = SweepPace(done: 0, total: plan.expectedCells)
    picture.directory = folder.directory.path
    picture.grids = plan.axes.map(\.words)
    picture.steps = plan.configuration.steps
    (picture.tuningSeeds, picture.judgingSeeds) = (plan.tuningSeedCount, plan.judgingSeedCount)
    picture.hasNoControl = plan.isControlDeclined ?? false
    picture.total = plan.expectedCells
    paint()
  }

  /// A sweep as it stands, for whoever looks once.
  static func standing(in directory: URL, margin: Margin) throws -> SweepPicture {
    let folder = BoardFolder(directory)
    let plan = try SweepJob.readable(in: directory)
    var painter = SweepPainter(plan: plan, folder: folder)
    var watch = SweepWatch(folder, plan: plan)
    let status = watch.look()
    try painter.note(status)
    if status.phase == .complete { painter.end(isComplete: true, margin: margin) }
    return painter.picture
  }

  /// - Parameter estimate: what it will take; empty where it is under way already.
  mutating func begin(estimate: String) {
    picture.stage = .tuning
    picture.estimate = estimate
  }

  /// What this process's own worker tells; whether there is something new to show.
  mutating func note(_ event: SweepWorker.Event) -> Bool {
    switch event {
    case .stage(let stage, let plan, let known):
      self.plan = plan
      for result in known { results.add(result, results.times[result.id]) }
      switch stage {
      case .tuning: picture.stage = .tuning
      case .judging: picture.stage = .judging
      case .complete: break
      }
      pace = SweepPace(done: known.count, total: max(plan.expectedCells, known.count))
      paint()
      return true
    case .finished(let result, let cost):
      results.add(result, cost)
      pace.finishOne()
      isStale = true
      return paintIfDue()
    case .standing(_, let running):
      pace.see(done: results.results.count, underWay: running.values.reduce(0, +))
      picture.cellsPerMinute = pace.perMinute()
      picture.secondsLeft = pace.secondsLeft()
      if lookIfDue() { return true }
      return paintIfDue()
    case .alarm(let id):
      picture.alarm = "cell \(id) came out otherwise than before"
      return true
    case .lost: return false
    }
  }

  /// What a look at the directory shows, of a sweep that others work on.
  mutating func note(_ status: SweepStatus) throws {
    take(status)
    picture.isWatched = true
    switch status.phase {
    case .tuning: picture.stage = status.workers.isEmpty ? .stopped : .tuning
    case .judging: picture.stage = status.workers.isEmpty ? .stopped : .judging
    case .complete: picture.stage = .judging
    }
    picture.secondsLeft = status.secondsLeft
    guard status.cells.done > results.results.count else { return }
    try results.load()
    paint()
  }

  private var lookedAt: Duration?

  /// Who works on it, at most once a second.
  private mutating func lookIfDue() -> Bool {
    let now = monotonicTime()
    guard now - (lookedAt ?? .zero) >= .seconds(1) || lookedAt == nil else { return false }
    lookedAt = now
    take(watch.look())
    return true
  }

  private mutating func take(_ status: SweepStatus) {
    (picture.done, picture.total) = (status.cells.done, status.cells.total)
    (picture.failed, picture.abandoned) = (status.cells.failed, status.cells.abandoned)
    let hosts = Dictionary(grouping: status.workers, by: \.host)
    picture.running = status.workers.compactMap { worker in
      guard let id = worker.cell else { return nil }
      let share = worker.step.map { ", \(100 * $0 / max(1, worker.steps ?? 1)) %" } ?? ""
      let place = hosts.count > 1 || worker.job != nil ? worker.host + " " : ""
      let job = worker.job.map { "job \($0) " } ?? ""
      return "\(place)\(job)pid \(worker.pid): \(words(for: id))\(share)"
    }
    picture.workers = Set(status.workers.map(\.name)).count
    picture.hosts = hosts.count
  }

  /// `m lr=1e-3 seed 2` for `tuning-a1-p0-s2`.
  private func words(for id: String) -> String {
    StudyCell(id: id).flatMap { cell in
      plan.configuration.arms.indices.contains(cell.arm)
        && plan.points(ofArm: cell.arm).indices.contains(cell.point) ? plan.words(for: cell) : nil
    } ?? id
  }

  private mutating func paintIfDue() -> Bool {
    let interval = Duration.milliseconds(max(200, results.results.count))
    guard isStale, monotonicTime() - (painted ?? .zero) >= interval else { return false }
    paint()
    return true
  }

  private mutating func paint() {
    (painted, isStale) = (monotonicTime(), false)
    let findings = SweepFindings(
      plan: plan.declared, results: results.all, times: results.allTimes)
    plan = findings.plan
    picture.done = max(picture.done, results.results.count)
    let tables = SweepTables(findings)
    let best = findings.bestPoints
    picture.chart = tables.chart
    picture.arms = plan.lanes.indices.map { arm in
      let summary = findings.summary(ofArm: arm)
      var row = SweepPicture.Arm(
        letter: Character(plan.lanes[arm].letter), name: plan.lanes[arm].name,
        best: best[arm].map { plan.points(ofArm: arm)[$0].words }, bestLoss: summary?.bestScore,
        range: tables.rangeText(summary), divergedShare: summary?.divergedShare ?? 0,
        edgeKeys: findings.edgeKeys(ofArm: arm))
      row.bestValue =
        plan.axes.count == 1 ? best[arm].map { plan.points(ofArm: arm)[$0][0].value } : nil
      return row
    }
  }

  /// The last picture: judged when the sweep is complete.
  mutating func end(isComplete: Bool, margin: Margin) {
    picture.stage = isComplete ? .finished : .stopped
    (picture.running, picture.isPaused) = ([], false)
    paint()
    guard isComplete else { return }
    (picture.done, picture.total) = (results.results.count, results.results.count)
    let findings = SweepFindings(
      plan: plan.declared, results: results.all, times: results.allTimes)
    let document = findings.comparison(
      [], margin: margin, stateBytes: OptimizerMemory.bytes(in: plan.configuration))
    picture.verdicts = document.verdicts
    picture.costLine = document.costLine
    picture.costs = document.arms.map { arm in
      SweepPicture.Cost(
        name: arm.name, millisecondsPerStep: arm.cost.cpuSecondsPerStep.map { 1000 * $0 },
        stateBytes: arm.cost.stateBytes, stepsToTarget: arm.cost.medianSteps,
        secondsToTarget: arm.cost.medianCPUSeconds)
    }
  }
}
