import RunModel

/// What has been told of the run so far, for saving and exporting it.
struct RecordedRun: Sendable {
  private(set) var summary: RunSummary?
  private(set) var records: [EvaluationRecord] = []
  private(set) var interventions: [Intervention] = []

  mutating func note(_ events: [RunEvent]) {
    for event in events {
      switch event {
      case .started(let summary): self.summary = summary
      case .evaluated(_, _, let record), .armFinished(_, _, let record): records.append(record)
      case .intervened(let intervention): interventions.append(intervention)
      default: continue
      }
    }
  }
}
