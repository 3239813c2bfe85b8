import RunModel
import Statistics

/// What a sweep has found: each arm's valley, its best point, and the judged comparisons.
package struct SweepFindings {
  package var plan: SweepPlan
  package var results: [CellResult]
  package var times: [CellTimes]
  /// Rates ascending for a sweep of one key; for several keys the rate is the point's number + 1.
  package var analysis: SweepAnalysis

  /// The findings as far as `results` go, at whatever points the plan has by now.
  package init(plan: SweepPlan, results: [CellResult], times: [CellTimes] = []) {
    self.init(plan.course(results).plan, results, times)
  }

  init(_ plan: SweepPlan, _ results: [CellResult], _ times: [CellTimes] = []) {
    self.plan = plan
    let order = Dictionary(
      plan.tuningCells.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.results = results.sorted {
      (order[$0.id] ?? .max, $0.id) < (order[$1.id] ?? .max, $1.id)
    }
    self.times = times
    let lanes = plan.lanes
    let points = plan.configuration.arms.indices.map { plan.points(ofArm: $0) }
    analysis = SweepAnalysis(
      self.results.compactMap { result in
        let (arm, point) = (result.cell.arm, result.cell.point)
        guard result.cell.phase == .tuning, points.indices.contains(arm),
          points[arm].indices.contains(point)
        else { return nil }
        return SweepCell(
          arm: lanes[arm].name, rate: Self.rate(of: point, among: points[arm]),
          seed: result.cell.seed, steps: result.steps, finalLoss: result.finalLoss)
      })
  }

  package init(_ stored: StoredSweep) {
    self.init(plan: stored.plan, results: stored.cells, times: stored.times)
  }

  /// The value itself where one key is swept, else the point's number + 1.
  private static func rate(of point: Int, among points: [[GridSetting]]) -> Double {
    points[point].count == 1 ? points[point][0].value : Double(point + 1)
  }

  package func summary(ofArm arm: Int) -> SweepSummary? {
    let name = plan.lanes[arm].name
    return analysis.arms.first { $0.arm == name }
  }

  /// The point of each arm with the lowest median final loss; nil when it diverged everywhere.
  package var bestPoints: [Int?] {
    plan.configuration.arms.indices.map { arm in
      let points = plan.points(ofArm: arm)
      return summary(ofArm: arm)?.bestRate.flatMap { best in
        points.indices.first { Self.rate(of: $0, among: points) == best }
      }
    }
  }

  /// The keys of which the arm's best value is the first or last of several tried, and not the last
  /// that is allowed.
  package func edgeKeys(ofArm arm: Int) -> [String] {
    guard let best = bestPoints[arm] else { return [] }
    let points = plan.points(ofArm: arm)
    return plan.axes(ofArm: arm).compactMap { axis in
      let tried = points.compactMap { point in point.first { $0.key == axis.key }?.value }
      guard let value = points[best].first(where: { $0.key == axis.key })?.value,
        let low = tried.min(), let high = tried.max()
      else { return nil }
      // A single value was never searched over, unless there is nothing else.
      guard low < high || points.count == 1 else { return nil }
      let isAtEnd =
        value == low && low != axis.bounds?[0] || value == high && high != axis.bounds?[1]
      return isAtEnd ? axis.key : nil
    }
  }

  /// What the judge is told of how the arm was tuned; nil before any of its cells is finished.
  package func record(ofArm arm: Int) -> SweepRecord? {
    summary(ofArm: arm).map { summary in
      let allowance = plan.extensionLimit ?? 0
      let grid = plan.axes(ofArm: arm).map(\.words).joined(separator: " ")
      return SweepRecord(
        rates: plan.pointCount + allowance, seedsPerRate: summary.seedsPerRate,
        steps: summary.steps, grid: grid + (allowance > 0 ? " and \(allowance) outward" : ""),
        edgeKeys: edgeKeys(ofArm: arm))
    }
  }

  /// The judged arms at their best points, as runs on the judging seeds.
  package var judged: [JudgedArm] {
    let best = bestPoints
    let arms = plan.configuration.arms.indices.compactMap { arm -> JudgedArm? in
      let own = results.filter { $0.cell.phase == .judging && $0.cell.arm == arm }
      guard best[arm] != nil, let first = own.first else { return nil }
      return JudgedArm(
        lane: plan.lanes[arm], arm: plan.specification(of: first.cell),
        runs: own.map { result in
          result.seedRun(times: times.first { $0.id == result.id })
        }, sweep: record(ofArm: arm))
    }
    return zip(arms, Lane.assign(to: arms.map(\.arm))).map { arm, named in
      var arm = arm
      arm.lane.name = named.name
      return arm
    }
  }

  /// Whether every judging cell that was run twice came out the same; nil when none was.
  package var isRepeatIdentical: Bool? {
    let pairs = results.filter { $0.cell.phase == .repetition }.compactMap { second in
      results.first {
        $0.cell.phase == .judging && $0.cell.arm == second.cell.arm
          && $0.cell.seed == second.cell.seed
      }.map { ($0, second) }
    }
    guard !pairs.isEmpty else { return nil }
    return pairs.allSatisfy { first, second in
      first.evaluations == second.evaluations && first.finalLoss == second.finalLoss
        && first.diverged == second.diverged
    }
  }

  /// What the judge is handed: the arms at their best points on the fresh seeds.
  package func experiment(margin: Margin) -> Experiment {
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.tuningSeeds = plan.tuningSeeds
    conduct.isRepeatIdentical = isRepeatIdentical
    conduct.isControlDeclined = plan.isControlDeclined ?? false
    return Experiment(
      plan.configuration, arms: judged, declaredSeeds: plan.judgingSeedCount, conduct: conduct,
      margin: margin)
  }

  /// The judged comparison with all that the sweep cost.
  package func comparison(
    _ directories: [String], margin: Margin,
    stateBytes: ComparisonDocument.StateBytes = { _ in nil }
  ) -> ComparisonDocument {
    let seconds = times.reduce(0) { $0 + ($1.cpuSeconds.last ?? 0) }
    return ComparisonDocument(
      directories: directories, experiment(margin: margin),
      spent: .init(runs: results.count, cpuSeconds: seconds), stateBytes: stateBytes)
  }
}
