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
      let value = plan.points[best][index].value
      return value == axis.values.first || value == axis.values.last ? axis.key : nil
    }
  }

  package func record(ofArm arm: Int) -> SweepRecord? {
    summary(ofArm: arm)?.record.withEdge(!edgeKeys(ofArm: arm).isEmpty)
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

  /// Every arm against its base, judged on the fresh seeds as one family.
  package func comparisons(margin: Double) -> [ComparisonInput] {
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.tuningSeeds = plan.tuningSeeds
    conduct.isRepeatIdentical = isRepeatIdentical
    conduct.isCostCounted = judged.contains { arm in
      arm.runs.contains { $0.trajectory.contains { $0.cpuSeconds > 0 } }
    }
    conduct.hasSameInitialization = ArmResults.startTogether(judged.map(\.results))
    return JudgedArm.comparisons(
      judged, setting: ComparisonSetting(plan.configuration, seeds: plan.judgingSeedCount),
      conduct: conduct, margin: margin)
  }
}

extension SweepRecord {
  fileprivate func withEdge(_ isAtEdge: Bool) -> SweepRecord {
    SweepRecord(rates: rates, seedsPerRate: seedsPerRate, steps: steps, isBestAtEdge: isAtEdge)
  }
}
