import EventStream
import RunModel
import TestSupport
import Training
import Workloads

/// All that a run said.
struct RunTranscript {
  var events: [RunEvent]
  var rows: RunRows
  var checkpoints: [CheckpointSet]

  var records: [EvaluationRecord] {
    events.compactMap { if case .evaluated(_, let record) = $0 { record } else { nil } }
  }
  var finals: [EvaluationRecord] {
    events.compactMap { if case .armFinished(_, let record) = $0 { record } else { nil } }
  }
  var steps: [StepRow] { rows.steps }
  var journal: [JournalEntry] {
    events.compactMap { if case .journaled(let entry) = $0 { entry } else { nil } }
  }
  var interventions: [Intervention] { journal.compactMap(\.change) }
  var refusals: [RunError] {
    events.compactMap { if case .refused(let error) = $0 { error } else { nil } }
  }
  var outcome: RunOutcome? {
    if case .finished(let outcome) = events.last { outcome } else { nil }
  }

  /// The training losses of an arm on the run's first seed plus `seed`, to the bit.
  func losses(arm: ArmID, seed: UInt64 = 0) -> [UInt64] {
    let first = steps.map(\.seed).min() ?? 0
    return steps.filter { $0.arm == arm && $0.seed == first + seed }.map(\.trainLoss.bitPattern)
  }

  /// The rows of one block of an arm, over all seeds.
  func blocks(_ block: Int, arm: ArmID) -> [BlockRow] {
    rows.steps.indices.filter { rows.steps[$0].arm == arm }.map {
      rows.blocks[$0 * rows.blockCount + block]
    }
  }
}

/// A run with ears: channels of its own, and what came through them.
struct RunHarness {
  let controller: RunController
  let channels: RunChannels

  init(
    _ configuration: RunConfiguration, resumeFrom: CheckpointSet? = nil,
    options: RunOptions? = nil, source: any WorkloadSource = ToySource(),
    wake: @escaping @Sendable () -> Void = {}
  ) {
    channels = RunChannels(
      rows: RowMailbox(blockCount: source.layout.blocks.count), checkpoints: Mailbox(), wake: wake)
    controller = RunController(
      configuration: configuration, source: source, channels: channels, resumeFrom: resumeFrom,
      options: options ?? Self.options())
  }

  static func options(
    interventions: [Intervention]? = nil, startsPaused: Bool = false, checkpointEvery: Int? = nil,
    probeRunner: (any ProbeRunner)? = nil
  ) -> RunOptions {
    RunOptions(
      journal: interventions?.map(JournalEntry.init), startsPaused: startsPaused,
      checkpointEvery: checkpointEvery,
      probeRunner: probeRunner, makeOptimizer: { arm, layout, _ in ToyOptimizer(arm, layout) })
  }

  func transcript() -> RunTranscript {
    var transcript = RunTranscript(
      events: [], rows: channels.rows?.empty ?? RunRows(blockCount: 0), checkpoints: [])
    channels.events.drain(into: &transcript.events)
    channels.rows?.drain(into: &transcript.rows)
    channels.checkpoints?.drain(into: &transcript.checkpoints)
    return transcript
  }

  func finish() -> RunTranscript {
    controller.start()
    controller.waitUntilFinished()
    return transcript()
  }
}
