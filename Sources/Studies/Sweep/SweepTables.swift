import Charts
import Export
import RunModel
import Statistics

/// A sweep's findings as tables, lines and columns.
package struct SweepTables {
  package var findings: SweepFindings

  package init(_ findings: SweepFindings) { self.findings = findings }

  private var plan: SweepPlan { findings.plan }

  /// Median final loss at every point, one column per arm; the best of each arm is marked `*`.
  package var losses: SummaryTable {
    let arms = plan.configuration.arms.indices
    let points = arms.map { plan.points(ofArm: $0) }
    let columns =
      [SummaryTable.Column(Set(plan.axes.map(\.key)).sorted().joined(separator: " "), .left)]
      + plan.lanes.map { SummaryTable.Column($0.name) }
    let best = findings.bestPoints
    let rows = Self.ordered(points).map { point in
      [point.words]
        + arms.map { arm in
          guard let index = points[arm].firstIndex(of: point) else { return "-" }
          return lossText(arm: arm, point: index) + (best[arm] == index ? " *" : "")
        }
    }
    return SummaryTable(
      caption: "Median final loss over \(plan.tuningSeedCount) tuning seeds"
        + (plan.configuration.lossUnit == .nats ? ", in nats (* best)" : " (* best)"),
      columns: columns, rows: rows)
  }

  /// The points of all arms, each once, ascending where they are of the same keys.
  private static func ordered(_ points: [[[GridSetting]]]) -> [[GridSetting]] {
    points.joined().uniqued.sorted { one, other in
      let (left, right) = (one.map(\.key), other.map(\.key))
      guard left == right else { return left.lexicographicallyPrecedes(right) }
      return one.map(\.value).lexicographicallyPrecedes(other.map(\.value))
    }
  }

  private func lossText(arm: Int, point: Int) -> String {
    let losses = losses(arm: arm, point: point)
    guard losses.seeds > 0 else { return "-" }
    let text = losses.median.map { NumberFormat.fixed($0, decimals: 4) } ?? "diverged"
    guard losses.diverged > 0, losses.median != nil else { return text }
    return text + " (\(losses.diverged)/\(losses.seeds) diverged)"
  }

  func losses(arm: Int, point: Int) -> RankedLosses {
    RankedLosses(
      findings.results.filter {
        $0.cell.phase == .tuning && $0.cell.arm == arm && $0.cell.point == point
      }.map(\.finalLoss))
  }

  /// Best, near-best range, share diverged and edge warning of each arm.
  package var ranges: SummaryTable {
    let columns = [
      SummaryTable.Column("arm", .left), SummaryTable.Column("best", .left),
      SummaryTable.Column("loss"), SummaryTable.Column("near-best range"),
      SummaryTable.Column("diverged"),
      SummaryTable.Column("note", .left),
    ]
    let best = findings.bestPoints
    return SummaryTable(
      caption: "Best of the grid; near-best is what stays within .05"
        + (plan.configuration.lossUnit == .nats ? " nats" : "") + " of it",
      columns: columns,
      rows: plan.lanes.indices.map { arm in
        let summary = findings.summary(ofArm: arm)
        return [
          plan.lanes[arm].name, best[arm].map { plan.points(ofArm: arm)[$0].words } ?? "none",
          summary?.bestScore.map { NumberFormat.fixed($0, decimals: 4) } ?? "-",
          rangeText(summary), NumberText.percent(summary?.divergedShare ?? 0),
          edgeText(arm),
        ]
      })
  }

  package func rangeText(_ summary: SweepSummary?) -> String {
    guard plan.axes(ofArm: 0).count == 1, let low = summary?.valleyLow,
      let high = summary?.valleyHigh
    else { return "-" }
    guard low < high else { return "\(compactDecimal(low)) only" }
    let width = summary?.valleyFactor.map { " (x" + NumberFormat.compact($0) + ")" } ?? ""
    return "\(compactDecimal(low))..\(compactDecimal(high))" + width
  }

  private func edgeText(_ arm: Int) -> String {
    guard findings.bestPoints[arm] != nil else { return "diverged everywhere" }
    let keys = findings.edgeKeys(ofArm: arm)
    return keys.isEmpty ? "" : "best \(keys.joined(separator: ", ")) at the edge: extend the grid"
  }

  /// One CSV line per tuning cell, or per cell of every phase.
  package var csv: String {
    let keys = plan.axes.map(\.key).uniqued
    let header = ["id", "phase", "arm"] + keys + ["seed", "steps", "finalLoss", "diverged"]
    return findings.results.reduce(into: CSV.line(header)) { text, result in
      text += CSV.line(
        [result.id, result.cell.phase.rawValue, result.specification]
          + keys.map { key in
            result.values.first { $0.key == key }.map { compactDecimal($0.value) } ?? ""
          }
          + [
            String(result.cell.seed), String(result.steps),
            result.finalLoss.map { $0.description } ?? "", result.diverged.map(String.init) ?? "",
          ])
    }
  }

  /// The chart of final loss against the first swept key, with intervals over the seeds.
  package var chart: SweepChart? {
    guard let key = plan.sharedKey else { return nil }
    var chart = SweepChart(
      curves: plan.lanes.indices.map { arm in
        SweepChart.Curve(
          letter: Character(plan.lanes[arm].letter), name: plan.lanes[arm].name, arm: arm,
          points: plan.points(ofArm: arm).indices.compactMap { chartPoint(arm: arm, point: $0) }
            .sorted { $0.learningRate < $1.learningRate })
      })
    chart.valueLabel = "final loss, median"
    chart.key = key
    chart.isLogarithmic = plan.axes[0].isWide
    return chart
  }

  /// nil before the first cell is finished; a point without a loss has diverged.
  private func chartPoint(arm: Int, point: Int) -> SweepChart.Point? {
    let finals = findings.results.filter {
      $0.cell.phase == .tuning && $0.cell.arm == arm && $0.cell.point == point
    }.map(\.finalLoss)
    guard !finals.isEmpty else { return nil }
    let all = finals.compactMap { $0 }
    let range = all.count > 1 ? (all.min() ?? 0)...(all.max() ?? 0) : nil
    return SweepChart.Point(
      learningRate: plan.points(ofArm: arm)[point][0].value, loss: RankedLosses(finals).median,
      interval: range)
  }
}
