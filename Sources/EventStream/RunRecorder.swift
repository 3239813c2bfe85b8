import RunModel

/// Something that keeps what a run tells, such as a run directory.
///
/// Called by training threads at step boundaries: must return at once, never wait for a disk.
package protocol RunRecorder: Sendable {
  func record(_ event: RunEvent)
  func record(_ checkpoint: CheckpointSet)
}
