import EventStream
import RunModel
import Training
import Workloads

/// All that a run said.
struct RunTranscript {
  var events: [RunEvent]
  var steps: [StepMetrics]
  var blocks: [BlockMetrics]
  var checkpoints: [CheckpointSet]

  var records: [EvaluationRecord] {
    events.compactMap { if case .evaluated(_, _, let record) = $0 { record } else { nil } }
  }
  var finals: [EvaluationRecord] {
    events.compactMap { if case .armFinished(_, _, let record) = $0 { record } else { nil } }
  }
  var interventions: [Intervention] {
    events.compactMap { if case .intervened(let change) = $0 { change } else { nil } }
  }
  var outcome: RunOutcome? {
    if case .finished(let outcome) = events.last { outcome } else { nil }
  }

  func losses(arm: Int, seed: Int = 0) -> [UInt32] {
    steps.filter { $0.arm == arm && $0.seed == seed }.map(\.loss.bitPattern)
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
      steps: Mailbox(), blocks: Mailbox(), checkpoints: Mailbox(), wake: wake)
    controller = RunController(
      configuration: configuration, source: source, channels: channels, resumeFrom: resumeFrom,
      options: options ?? Self.options())
  }

  static func options(
    interventions: [Intervention] = [], startsPaused: Bool = false, checkpointEvery: Int? = nil,
    probeRunner: (any ProbeRunner)? = nil
  ) -> RunOptions {
    RunOptions(
      interventions: interventions, startsPaused: startsPaused, checkpointEvery: checkpointEvery,
      probeRunner: probeRunner, makeOptimizer: { arm, layout, _ in ToyOptimizer(arm, layout) })
  }

  func transcript() -> RunTranscript {
    var transcript = RunTranscript(events: [], steps: [], blocks: [], checkpoints: [])
    channels.events.drain(into: &transcript.events)
    channels.steps?.drain(into: &transcript.steps)
    channels.blocks?.drain(into: &transcript.blocks)
    channels.checkpoints?.drain(into: &transcript.checkpoints)
    return transcript
  }

  func finish() -> RunTranscript {
    controller.start()
    controller.waitUntilFinished()
    return transcript()
  }
}
