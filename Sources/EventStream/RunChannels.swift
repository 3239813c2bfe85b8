import RunModel

/// Where a run tells what happens; every part but `events` can be left out.
package struct RunChannels: Sendable {
  /// Few and precious: unbounded, nothing is lost.
  package var events: Mailbox<RunEvent>
  /// Dense figures for screens.
  package var rows: RowMailbox?
  /// Blocks that were looked at, for screens; nothing is recorded of them.
  package var looks: Mailbox<BlockLook>?
  /// Snapshots taken on request (`RunController.requestCheckpoint`) and at the end of the run.
  package var checkpoints: Mailbox<CheckpointSet>?
  package var recorder: (any RunRecorder)?
  /// Called after events, checkpoints or rows for screens were posted, at most once a step; pass a
  /// `WakeSignal`'s `signal`.
  package var wake: @Sendable () -> Void

  package init(
    events: Mailbox<RunEvent> = Mailbox(), rows: RowMailbox? = nil,
    looks: Mailbox<BlockLook>? = nil, checkpoints: Mailbox<CheckpointSet>? = nil,
    recorder: (any RunRecorder)? = nil,
    wake: @escaping @Sendable () -> Void = {}
  ) {
    self.events = events
    self.rows = rows
    self.looks = looks
    self.checkpoints = checkpoints
    self.recorder = recorder
    self.wake = wake
  }

  /// Whether anybody wants the dense figures.
  package var wantsRows: Bool { rows != nil || recorder?.wantsRows == true }

  package func post(_ event: RunEvent) {
    events.post(event)
    recorder?.record(event)
  }

  package func post(_ step: StepRow, blocks: [BlockRow]) {
    rows?.post(step, blocks: blocks)
    recorder?.record(step, blocks: blocks)
  }

  package func post(_ checkpoint: CheckpointSet) {
    checkpoints?.post(checkpoint)
    recorder?.record(checkpoint)
  }
}
