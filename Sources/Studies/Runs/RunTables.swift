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

extension FinishedRun {
  /// What `runs show` prints: the configuration, then the latest record of every arm and seed.
  package var description: String {
    let journal = liveChanges > 0 ? "\(liveChanges) live changes\n" : ""
    return """
      \(directory.path): \(progressText)
      \(journal)
      \(configurationText)
      \(SummaryTable.results(records).markdown)
      """
  }
}
