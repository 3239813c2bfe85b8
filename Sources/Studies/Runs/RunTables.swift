import Charts
import Export
import RunModel
import Statistics

extension RunLibrary {
  /// One row per run: name, how far it came, what it compared.
  package var table: SummaryTable {
    let rows = entries.map { entry -> [String] in
      switch entry.run {
      case .success(let run):
        let configuration = run.configuration
        let arms = configuration.lanes.map(\.name).joined(separator: "  ")
        return [
          entry.name, run.progressText, String(configuration.seeds), configuration.title, arms,
        ]
      case .failure(let error): return [entry.name, "unreadable", "-", error.message, "-"]
      }
    }
    return SummaryTable(
      caption: "",
      columns: [
        .init("run", .left), .init("state", .left), .init("seeds"), .init("title", .left),
        .init("arms", .left),
      ], rows: rows)
  }
}
