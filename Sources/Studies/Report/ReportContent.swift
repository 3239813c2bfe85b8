import Charts
import Export
import RunModel
import Statistics

/// Everything a report shows, ready to be laid out.
package struct ReportContent {
  /// How a run or sweep was made and how to make it again.
  package struct Source {
    package var name: String
    package var configuration: String
    package var command: String
  }

  package var title: String
  package var about: String
  /// One line: what was trained, how long, on which seeds.
  package var facts: String
  package var verdicts: [Verdict]
  /// CPU hours, apart from the verdicts, which are the same bytes whoever computes them.
  package var costLine: String
  package var charts: [(caption: String, scene: ChartScene)]
  package var tables: [SummaryTable]
  package var sources: [Source]
  /// Nil where there was nothing to judge.
  package var appendix: ReportAppendix?
  package var bibliography = ""
  /// Program, version, machine: whatever made the page.
  package var madeBy: String
}

extension ReportContent {
  /// The report of run directories.
  package init(
    _ comparison: RunComparison, margin: Margin, madeBy: String,
    stateBytes: ComparisonDocument.StateBytes = { _ in nil }
  ) {
    let run = comparison.runs.first?.configuration
    let experiment = comparison.experiment(margin: margin)
    let document = experiment.map {
      ComparisonDocument(directories: [], $0, stateBytes: stateBytes)
    }
    let records = comparison.runs.flatMap(\.records)
    let traces = comparison.arms.indices.map { arm in
      ArmTrace(
        comparison.arms[arm], arm: arm,
        records.filter { $0.arm == comparison.arms[arm].lane.name && $0.final != true })
    }
    self.init(
      title: run?.title ?? "Runs", about: run?.about ?? "",
      facts: run.map { Self.facts($0, seeds: comparison.arms.first?.runs.count ?? 0) } ?? "",
      verdicts: document?.verdicts ?? [], costLine: document?.costLine ?? "",
      charts: ReportCharts(
        arms: comparison.arms, traces: traces, lossUnit: run?.lossUnit ?? .none
      ).all(experiment?.comparisons ?? []),
      tables: [
        SummaryTable.results(
          records.filter { $0.final == true }, caption: "Closing record of every arm and seed")
      ] + (document.map { [$0.costTable] } ?? []),
      sources: comparison.runs.map { run in
        Source(
          name: run.directory.lastPathComponent, configuration: run.configurationText,
          command: "magmascope train --preset ./run.yaml --out again")
      }, appendix: Self.appendix(experiment, run), madeBy: madeBy)
  }

  /// The report of one sweep.
  package init(
    _ findings: SweepFindings, configurationText: String, name: String, margin: Margin,
    madeBy: String, stateBytes: ComparisonDocument.StateBytes = { _ in nil }
  ) {
    let tables = SweepTables(findings)
    let judged = findings.judged
    let document = findings.comparison([], margin: margin, stateBytes: stateBytes)
    let traces = judged.indices.map { ArmTrace(judged[$0], arm: $0, findings) }
    let plan = findings.plan
    var charts = ReportCharts(
      arms: judged, traces: traces, lossUnit: plan.configuration.lossUnit
    ).all(findings.experiment(margin: margin).comparisons)
    if let chart = tables.chart {
      let caption =
        "Median final loss of the tuning seeds; bars from the lowest to the highest seed. "
        + "Read the bottom and the width of each near-best range."
      charts.insert((caption, chart.scene()), at: 0)
    }
    self.init(
      title: plan.configuration.title.isEmpty ? name : plan.configuration.title,
      about: plan.configuration.about,
      facts: Self.facts(plan.configuration, seeds: plan.judgingSeedCount)
        + ", after \(plan.pointCount) points x \(plan.tuningSeedCount) tuning seeds per arm",
      verdicts: document.verdicts, costLine: document.costLine, charts: charts,
      tables: [tables.losses, tables.ranges] + (judged.isEmpty ? [] : [document.costTable]),
      sources: [
        Source(name: name, configuration: configurationText, command: Self.command(plan))
      ], appendix: ReportAppendix(findings, findings.experiment(margin: margin)), madeBy: madeBy)
  }

  private static func appendix(
    _ experiment: Experiment?, _ run: RunConfiguration?
  ) -> ReportAppendix? {
    guard let experiment, let run else { return nil }
    return ReportAppendix(experiment, run)
  }

  private static func facts(_ run: RunConfiguration, seeds: Int) -> String {
    let setting = ComparisonSetting(run, seeds: seeds)
    return "\(setting.model), \(setting.data), \(run.steps) steps, "
      + NumberText.count(seeds, "seed")
  }

  /// The command line that makes the sweep again from its configuration.
  private static func command(_ plan: SweepPlan) -> String {
    let grids = plan.axes.map { axis in
      let name = (axis.arm.map { $0 + ":" } ?? "") + axis.key
      let (low, high) = (axis.values.first ?? 0, axis.values.last ?? 0)
      let grid = "\(compactDecimal(low))..\(compactDecimal(high)):\(axis.values.count)"
      // The spacing is read back from the values, which is all that the plan keeps.
      let isLinear = (try? GridAxis(parsing: "\(name)=\(grid):linear"))?.values == axis.values
      return "--grid \(name)=\(grid):\(isLinear ? "linear" : "log")"
    }
    let extending = plan.extensionLimit.map { " --extend \($0)" } ?? ""
    return "magmascope sweep --preset ./run.yaml \(grids.joined(separator: " ")) "
      + "--tuning-seeds \(plan.tuningSeedCount) --judging-seeds \(plan.judgingSeedCount)"
      + extending + (plan.hasControls ? "" : " --no-control") + " --out again"
  }
}

extension SweepPlan {
  /// Whether the declared arms are all that the defaults would make of them.
  var hasControls: Bool { configuration.missingControls.isEmpty }
}
