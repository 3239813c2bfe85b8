import Foundation
import RunModel

/// A sweep whose grid goes on outward where the best value lay at its edge: a plan of its own.
///
/// What was declared before stays as it was. The new plan declares how far every arm may go, and its
/// course is that of a sweep with that extension from the start: cells are functions of what both plans
/// share, so that those that are done need not be trained again.
extension SweepPlan {
  /// The plan with so many points more for every arm whose best lies at an edge.
  package func extended(by points: Int) -> SweepPlan {
    var plan = declared
    plan.extensionLimit = min(100, (extensionLimit ?? 0) + points)
    plan.format = Self.newestFormat
    return plan
  }
}

extension BoardFolder {
  /// Takes over what `other`, a sweep of `plan`, has finished and its extension needs: all tuning, and
  /// the judging of arms whose best stays, which is that of arms at no edge.
  ///
  /// - Returns: how many cells.
  @discardableResult
  package func inherit(from other: BoardFolder, of plan: SweepPlan) throws -> Int {
    try prepare()
    var stored = SweepResults(other)
    try stored.load()
    let findings = SweepFindings(plan: plan, results: stored.all)
    let isSettled = plan.configuration.arms.indices.map { findings.edgeKeys(ofArm: $0).isEmpty }
    let needed = stored.all.filter { $0.cell.phase == .tuning || isSettled[$0.cell.arm] }
    for result in needed.sorted(by: { $0.id < $1.id }) { try keep(result, stored.times[result.id]) }
    return needed.count
  }

  private func keep(_ result: CellResult, _ times: CellTimes?) throws {
    let owner = "\(ProcessInfo.processInfo.processIdentifier)"
    if let times {
      try replace(
        self.times(result.id), with: JSONLinesFile.text([times]), owner: owner, isSynced: false,
        write: .timesWrite)
    }
    let aside = try writeAside(result.line, for: cell(result.id), owner: owner)
    _ = try place(aside, at: cell(result.id))
  }
}
