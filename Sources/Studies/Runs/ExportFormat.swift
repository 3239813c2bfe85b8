import Charts
import Export
import RunModel

/// The forms in which a run can be taken elsewhere.
package enum ExportFormat: String, CaseIterable, Sendable {
  case csv, jsonl, svg, tensorboard, latex

  /// What an export consists of.
  package enum Product: Equatable {
    case text(String)
    /// Files relative to a directory.
    case files([TensorBoardExport.File])
  }

  /// `run` in this form; `startSeconds` since 1970 dates TensorBoard's events, which hold the single
  /// `steps` of the arms of `roster` too.
  package func product(
    of run: FinishedRun, steps: [StepRow] = [], roster: [RunArm] = [], startSeconds: Double = 0,
    host: String = "magmascope"
  ) -> Product {
    switch self {
    case .csv: return .text(RecordFormat.csv.document(run.records))
    case .jsonl: return .text(RecordFormat.jsonl.document(run.records))
    case .latex:
      return .text(
        SummaryTable.results(
          run.records.filter { $0.final == true }, caption: run.configuration.title
        ).latex)
    case .svg:
      let charts = ReportCharts(
        arms: run.arms, traces: [], lossUnit: run.configuration.lossUnit
      ).all([])
      return .text(charts.first.map { SVGChart().render($0.scene) } ?? "")
    case .tensorboard:
      return .files(
        TensorBoardExport.files(
          run.records, steps: steps, of: roster, startSeconds: startSeconds, host: host))
    }
  }
}
