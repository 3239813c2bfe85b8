import EventStream
import Explorer
import RunModel
import Training
import Workloads

/// A run that has really been trained, and all that it told.
struct RealRun {
  let configuration: RunConfiguration
  let events: [RunEvent]
  let rows: RunRows

  /// Trains to the end, with a change of the mask and a mark on the way.
  init(_ arms: [String], seeds: Int, steps: Int, seed: UInt64 = 3) throws {
    var configuration = RunConfiguration(
      title: "real", model: ModelConfiguration(size: .nano), steps: steps,
      schedule: ScheduleConfiguration(kind: .cosine, warmup: .share(0.1)), evaluateEvery: 7,
      seed: seed, seeds: seeds, arms: try arms.map(Fake.arm))
    configuration.letters = configuration.lanes.map(\.letter)
    let source = try WorkloadRegistry.source(for: configuration)
    let channels = RunChannels(rows: RowMailbox(blockCount: source.layout.blocks.count))
    let change = Intervention(
      arm: ArmID(1), step: steps / 2, key: "mask", oldValue: .number(0.5), newValue: .number(0.3))
    let controller = RunController(
      configuration: configuration, source: source, channels: channels,
      options: RunOptions(journal: [JournalEntry(change)]))
    controller.start()
    controller.waitUntilFinished()
    var events: [RunEvent] = []
    channels.events.drain(into: &events)
    var rows = RunRows(blockCount: source.layout.blocks.count)
    channels.rows?.drain(into: &rows)
    self.configuration = configuration
    self.events = events + [.journaled(JournalEntry(.mark, step: steps / 3, text: "here"))]
    self.rows = rows
  }

  /// The explorer as it stood when the run was paused at `step`; nil: at its end.
  func state(pausedAt step: Int? = nil) throws -> ExplorerState {
    var state = ExplorerState(
      catalog: Fake.catalog, workloads: Fake.workloads, presets: [], configuration: configuration,
      options: ExplorerOptions(version: "0.1.0"))
    _ = launch(&state)
    let kept = step ?? .max
    var batch = RunBatch(run: 1, events: events.filter { $0.isTold(by: kept) })
    batch.rows = RunRows(blockCount: rows.blockCount)
    for place in rows.steps.indices where rows.steps[place].step <= kept {
      batch.rows.append(rows.steps[place], blocks: rows.blocks(ofRow: place))
    }
    _ = reduce(&state, .run(batch))
    if let step {
      let pause = JournalEntry(.pause, step: step)
      _ = reduce(&state, .run(RunBatch(run: 1, events: [.journaled(pause)])))
    }
    _ = reduce(&state, .tick(1_000))
    return state
  }
}

extension RunEvent {
  /// Whether it has been told when `step` is done and the run goes on.
  fileprivate func isTold(by step: Int) -> Bool {
    switch self {
    case .started: true
    case .evaluated(_, let record): record.step <= step
    case .journaled(let entry): entry.step <= step
    case .probed(let reading): reading.step <= step
    case .armFinished, .finished, .failed, .refused: step == .max
    }
  }
}
