import Charts
import Export
import Statistics

extension ComparisonDocument {
  /// `cost: .21 CPU hours, 72 runs`.
  package var costLine: String {
    "cost: \(NumberFormat.compact(cost.cpuHours)) CPU hours, \(NumberText.count(cost.runs, "run"))"
  }

  /// What every arm cost, and what it cost it to reach the reference's final loss.
  package var costTable: SummaryTable {
    let target = arms.first?.cost.target.map { NumberFormat.fixed($0, decimals: 4) }
    return SummaryTable(
      caption: "Cost"
        + (target.map {
          "; steps, tokens and CPU seconds (medians) to the reference's mean final loss, \($0)"
        } ?? ""),
      columns: [
        .init("arm", .left), .init("final loss"), .init("CPU ms/step"), .init("state"),
        .init("steps"), .init("tokens"), .init("CPU s"), .init("missed"),
      ],
      rows: arms.map(Self.row))
  }

  private static func row(_ arm: Arm) -> [String] {
    let losses = RankedLosses(arm.finalLosses)
    let loss = (losses.mean ?? losses.median).map { NumberFormat.fixed($0, decimals: 4) }
    let perStep = arm.cost.cpuSecondsPerStep.map { NumberFormat.compact(1000 * $0) }
    return [
      arm.name, (loss ?? "diverged") + (losses.diverged > 0 ? " (median)" : ""), perStep ?? "-",
      arm.cost.stateBytes.map { NumberFormat.compact(Double($0)) + "B" } ?? "-",
      arm.cost.medianSteps.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.medianTokens.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.medianCPUSeconds.map { NumberFormat.compact($0) } ?? "-",
      arm.cost.misses.map { "\($0) of \(arm.seeds.count)" } ?? "-",
    ]
  }
}
