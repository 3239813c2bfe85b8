import Explorer
import Foundation
import RunModel
import Statistics
import Studies

/// Turns a sweep's findings into what the Sweep screen shows.
struct SweepPainter: Sendable {
  private let plan: SweepPlan
  private var results: [CellResult]
  private var times: [CellTimes]
  private var pace: SweepPace
  private(set) var picture: SweepPicture

  init(plan: SweepPlan, directory: URL, finished: [CellResult], times: [CellTimes]) {
    self.plan = plan
    (results, self.times) = (finished, times)
    pace = SweepPace(done: finished.count, total: Self.expected(plan))
    picture = SweepPicture()
    picture.directory = directory.path
    picture.grids = plan.axes.map(\.words)
    picture.steps = plan.configuration.steps
    (picture.tuningSeeds, picture.judgingSeeds) = (plan.tuningSeedCount, plan.judgingSeedCount)
    picture.stage = .tuning
    paintFindings()
  }

  /// All cells, as long as no arm diverges everywhere.
  private static func expected(_ plan: SweepPlan) -> Int {
    plan.tuningCells.count + plan.judgingCells(best: plan.lanes.map { _ in 0 }).count
  }

  mutating func note(_ event: SweepRunner.Event) {
    switch event {
    case .phase(.tuning, _, _): picture.stage = .tuning
    case .phase: picture.stage = .judging
    case .finished(let result, let cost):
      results.append(result)
      times.append(cost)
      pace.finishOne()
    }
    paintFindings()
  }

  /// The picture of this moment, cells under way included.
  func painted(underWay: [String: Double], isPaused: Bool) -> SweepPicture {
    var picture = picture
    picture.isPaused = isPaused
    let shares = underWay.sorted { $0.key < $1.key }
    picture.running = shares.map { name, share in "\(name), \(Int(100 * share)) %" }
    let current = shares.reduce(0) { $0 + $1.value }
    picture.cellsPerMinute = pace.perMinute(underWay: current)
    picture.secondsLeft = pace.secondsLeft(underWay: current)
    return picture
  }

  private var findings: StoredSweep { StoredSweep(plan: plan, cells: results, times: times) }

  private mutating func paintFindings() {
    let findings = SweepFindings(findings)
    (picture.done, picture.total) = (results.count, max(pace.total, results.count))
    let tables = SweepTables(findings)
    let best = findings.bestPoints
    picture.chart = tables.chart
    picture.arms = plan.lanes.indices.map { arm in
      let summary = findings.summary(ofArm: arm)
      var row = SweepPicture.Arm(
        letter: Character(plan.lanes[arm].letter), name: plan.lanes[arm].name,
        best: best[arm].map(tables.pointText), bestLoss: summary?.bestScore,
        range: tables.rangeText(summary), divergedShare: summary?.divergedShare ?? 0,
        edgeKeys: findings.edgeKeys(ofArm: arm))
      row.bestValue = plan.axes.count == 1 ? best[arm].map { plan.points[$0][0].value } : nil
      return row
    }
  }

  /// The last picture: judged when the sweep is complete.
  mutating func end(isComplete: Bool, margin: Margin) {
    picture.stage = isComplete ? .finished : .stopped
    (picture.running, picture.isPaused) = ([], false)
    paintFindings()
    guard isComplete else { return }
    picture.total = picture.done
    let findings = SweepFindings(findings)
    let document = findings.comparison(
      [], margin: margin, stateBytes: OptimizerMemory.bytes(in: plan.configuration))
    picture.verdicts = document.verdicts
    picture.costs = document.arms.map { arm in
      SweepPicture.Cost(
        name: arm.name, millisecondsPerStep: arm.cost.cpuSecondsPerStep.map { 1000 * $0 },
        stateBytes: arm.cost.stateBytes, stepsToTarget: arm.cost.medianSteps,
        secondsToTarget: arm.cost.medianCPUSeconds)
    }
  }
}
