import RunModel

/// Something that keeps what a run tells, such as a run directory.
///
/// Called by training threads: must return at once, never wait for a disk, and lose nothing.
package protocol RunRecorder: Sendable {
  func record(_ event: RunEvent)
  /// A step of one arm and seed, with the rows of all blocks.
  func record(_ step: StepRow, blocks: [BlockRow])
  func record(_ checkpoint: CheckpointSet)
  /// Whether it keeps the steps; making rows costs training a little.
  var wantsRows: Bool { get }
}

extension RunRecorder {
  package var wantsRows: Bool { true }
}
