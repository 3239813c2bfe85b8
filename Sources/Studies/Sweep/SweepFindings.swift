import RunModel
import Statistics

/// What a sweep has found: each arm's valley, its best point, and the judged comparisons.
package struct SweepFindings {
  package var plan: SweepPlan
  package var results: [CellResult]
  package var times: [CellTimes]
  /// Rates ascending for a sweep of one key; for several keys the rate is the point's number + 1.
  package var analysis: SweepAnalysis

  package init(plan: SweepPlan, results: [CellResult], times: [CellTimes] = []) {
    self.plan = plan
    let order = Dictionary(
      plan.tuningCells.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.results = results.sorted {
      (order[$0.id] ?? .max, $0.id) < (order[$1.id] ?? .max, $1.id)
    }
    self.times = times
    let tuning = self.results.filter { $0.cell.phase == .tuning }
    let lanes = plan.lanes
    analysis = SweepAnalysis(
      tuning.map { result in
        SweepCell(
          arm: lanes[result.cell.arm].name, rate: Self.rate(of: result.cell.point, in: plan),
          seed: result.cell.seed, steps: result.steps, finalLoss: result.finalLoss)
      })
  }

  package init(_ stored: StoredSweep) {
    self.init(plan: stored.plan, results: stored.cells, times: stored.times)
  }

  private static func rate(of point: Int, in plan: SweepPlan) -> Double {
    plan.axes.count == 1 ? plan.axes[0].values[point] : Double(point + 1)
  }

  package func summary(ofArm arm: Int) -> SweepSummary? {
    let name = plan.lanes[arm].name
    return analysis.arms.first { $0.arm == name }
  }

  /// The point of each arm with the lowest median final loss; nil when it diverged everywhere.
  package var bestPoints: [Int?] {
    plan.configuration.arms.indices.map { arm in
      summary(ofArm: arm)?.bestRate.flatMap { best in
        plan.points.indices.first { Self.rate(of: $0, in: plan) == best }
      }
    }
  }

  /// The keys of which the arm's best value is the first or last of several tried.
  package func edgeKeys(ofArm arm: Int) -> [String] {
    guard let best = bestPoints[arm] else { return [] }
    return plan.axes.enumerated().compactMap { index, axis in
      // A single value was never searched over, unless there is nothing else.
      guard axis.values.count > 1 || plan.points.count == 1 else { return nil }
      let value = plan.points[best][index].value
      return value == axis.values.first || value == axis.values.last ? axis.key : nil
    }
  }

  /// What the judge is told of how the arm was tuned; nil before any of its cells is finished.
  package func record(ofArm arm: Int) -> SweepRecord? {
    summary(ofArm: arm).map { summary in
      SweepRecord(
        rates: summary.points.count, seedsPerRate: summary.seedsPerRate, steps: summary.steps,
        grid: plan.axes.map(\.words).joined(separator: " "), edgeKeys: edgeKeys(ofArm: arm))
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
