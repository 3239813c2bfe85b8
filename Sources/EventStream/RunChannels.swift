import RunModel

/// Where a run tells what happens; every part but `events` can be left out.
package struct RunChannels: Sendable {
  /// Few and precious: unbounded, nothing is lost.
  package var events: Mailbox<RunEvent>
  /// Dense figures for screens: bound them, the oldest make way.
  package var steps: Mailbox<StepMetrics>?
  package var blocks: Mailbox<BlockMetrics>?
  /// Snapshots taken on request (`RunController.requestCheckpoint`) and at the end of the run.
  package var checkpoints: Mailbox<CheckpointSet>?
  package var recorder: (any RunRecorder)?
  /// Called after values were posted, at most once a step; pass a `WakeSignal`'s `signal`.
  package var wake: @Sendable () -> Void

  package init(
    events: Mailbox<RunEvent> = Mailbox(), steps: Mailbox<StepMetrics>? = nil,
    blocks: Mailbox<BlockMetrics>? = nil, checkpoints: Mailbox<CheckpointSet>? = nil,
    recorder: (any RunRecorder)? = nil,
    wake: @escaping @Sendable () -> Void = {}
  ) {
    self.events = events
    self.steps = steps
    self.blocks = blocks
    self.checkpoints = checkpoints
    self.recorder = recorder
    self.wake = wake
  }

  package func post(_ event: RunEvent) {
    events.post(event)
    recorder?.record(event)
  }
}

extension RunChannels {
  package func post(_ checkpoint: CheckpointSet) {
    checkpoints?.post(checkpoint)
    recorder?.record(checkpoint)
  }
}
