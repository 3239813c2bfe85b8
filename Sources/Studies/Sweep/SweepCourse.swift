import RunModel

/// What a sweep does next, from the results there are: every worker derives the same.
package enum SweepStage: Sendable, Equatable {
  /// Cells that choose the values, some of them still missing.
  case tuning([StudyCell])
  case judging([StudyCell])
  /// Every cell has its result; all of them, in the order of the plan.
  case complete([StudyCell])
}

extension SweepPlan {
  /// The stage that `results` leave the sweep in, and the plan with the points that extensions added.
  ///
  /// An arm whose best lies at the edge of what it was tried at gets one more point outward, as often
  /// as declared; rounds are taken together by all arms, on all tuning seeds.
  ///
  /// - Parameter failed: cells that were given up; the rest goes on without them.
  package func course(
    _ results: [CellResult], failed: Set<String> = []
  ) -> (plan: SweepPlan, stage: SweepStage) {
    let known = failed.union(results.map(\.id))
    func lacks(_ cells: [StudyCell]) -> Bool { cells.contains { !known.contains($0.id) } }
    var plan = declared
    plan.extensions = plan.configuration.arms.map { _ in [] }
    for _ in 0...(extensionLimit ?? 0) {
      let cells = plan.tuningCells
      if lacks(cells) { return (plan, .tuning(cells)) }
      guard plan.extensions.map(\.count).max() ?? 0 < extensionLimit ?? 0 else { break }
      let added = SweepFindings(plan, results).pointsOutward
      guard added.contains(where: { $0 != nil }) else { break }
      for (arm, point) in added.enumerated() { point.map { plan.extensions[arm].append($0) } }
    }
    let tuning = plan.tuningCells
    let judging = plan.judgingCells(best: SweepFindings(plan, results).bestPoints)
    return (plan, lacks(judging) ? .judging(judging) : .complete(tuning + judging))
  }
}

extension SweepFindings {
  /// For each arm at an edge, its best point moved a step outward along the first such key.
  fileprivate var pointsOutward: [[GridSetting]?] {
    let best = bestPoints
    return plan.configuration.arms.indices.map { arm in
      guard let index = best[arm], let key = edgeKeys(ofArm: arm).first,
        let axis = plan.axes(ofArm: arm).first(where: { $0.key == key })
      else { return nil }
      let points = plan.points(ofArm: arm)
      let tried = points.compactMap { point in point.first { $0.key == key }?.value }
      guard let place = points[index].firstIndex(where: { $0.key == key }),
        let next = axis.value(beyond: tried, upward: points[index][place].value == tried.max())
      else { return nil }
      var point = points[index]
      point[place].value = next
      return point
    }
  }
}
