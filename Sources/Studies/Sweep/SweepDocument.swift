import Foundation
import RunModel
import Statistics

/// A sweep's outcome in the format asked for.
package enum SweepFormat: String, CaseIterable, Sendable {
  case plain, jsonl, csv
}

extension SweepFindings {
  /// The whole outcome as text.
  ///
  /// `plain`: loss table, near-best ranges, costs, verdicts. `csv`: one line per cell. `jsonl`, one object per line,
  /// each with a `kind`: `cell` (arm, values, seed, steps, finalLoss, diverged), then `arm` (best
  /// values, edge keys, valley, divergedShare), then `verdict` (as in `compare --format json`).
  package func document(
    _ format: SweepFormat, margin: Margin,
    stateBytes: ComparisonDocument.StateBytes = { _ in nil }
  ) throws -> String {
    switch format {
    case .plain: return plainText(margin: margin, stateBytes)
    case .csv: return SweepTables(self).csv
    case .jsonl: return try jsonLines(margin: margin)
    }
  }

  private func plainText(margin: Margin, _ stateBytes: ComparisonDocument.StateBytes) -> String {
    let tables = SweepTables(self)
    var parts = [tables.losses.markdown, tables.ranges.markdown]
    if !analysis.hasEqualBudgets {
      parts.append("The arms have not had equal budgets: some cells are missing.\n")
    }
    let document = comparison([], margin: margin, stateBytes: stateBytes)
    if !document.verdicts.isEmpty {
      parts += [document.costTable.markdown, document.verdictText]
    } else if plan.judgingSeedCount > 0 {
      parts.append("Nothing to judge: fewer than two arms have a best point.\n")
    }
    return parts.joined(separator: "\n")
  }

  private struct CellLine: Encodable {
    var kind = "cell"
    var id: String
    var phase: CellPhase
    var arm: String
    var values: [String: Double]
    var seed: UInt64
    var steps: Int
    var finalLoss: Double?
    var diverged: Int?
  }

  private struct ArmLine: Encodable {
    var kind = "arm"
    var arm: String
    var best: [String: Double]?
    var bestLoss: Double?
    var edges: [String]
    var valleyLow: Double?
    var valleyHigh: Double?
    var divergedShare: Double
    var rates: Int
    var seedsPerRate: Int
  }

  private struct VerdictLine: Encodable {
    var kind = "verdict"
    var verdict: Verdict
  }

  private func jsonLines(margin: Margin) throws -> String {
    let cells = results.map { result in
      CellLine(
        id: result.id, phase: result.cell.phase, arm: result.specification,
        values: Self.members(result.values), seed: result.cell.seed, steps: result.steps,
        finalLoss: result.finalLoss, diverged: result.diverged)
    }
    let verdicts = experiment(margin: margin).verdicts.map { VerdictLine(verdict: $0) }
    return try JSONLinesFile.text(cells) + JSONLinesFile.text(armLines)
      + JSONLinesFile.text(verdicts)
  }

  private var armLines: [ArmLine] {
    let best = bestPoints
    return plan.lanes.indices.map { arm in
      let summary = summary(ofArm: arm)
      let isLine = plan.axes(ofArm: arm).count == 1
      return ArmLine(
        arm: plan.lanes[arm].name,
        best: best[arm].map { Self.members(plan.points(ofArm: arm)[$0]) },
        bestLoss: summary?.bestScore, edges: edgeKeys(ofArm: arm),
        valleyLow: isLine ? summary?.valleyLow : nil,
        valleyHigh: isLine ? summary?.valleyHigh : nil,
        divergedShare: summary?.divergedShare ?? 0, rates: summary?.points.count ?? 0,
        seedsPerRate: summary?.seedsPerRate ?? 0)
    }
  }

  private static func members(_ settings: [GridSetting]) -> [String: Double] {
    Dictionary(settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
