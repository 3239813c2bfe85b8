import RunModel

/// What has been told of the run so far, for saving and exporting it.
struct RecordedRun: Sendable {
  private(set) var summary: RunSummary?
  private(set) var records: [EvaluationRecord] = []
  private(set) var readings: [ProbeReading] = []
  private(set) var isFinished = false
  /// The latest snapshot of all arms.
  var checkpoint: CheckpointSet?
  var isSaveWanted = false

  mutating func note(_ events: [RunEvent]) {
    for event in events {
      switch event {
      case .started(let summary): self.summary = summary
      case .evaluated(_, let record), .armFinished(_, let record): records.append(record)
      case .probed(let reading): readings.append(reading)
      case .finished: isFinished = true
      default: continue
      }
    }
  }
}
