import Optimizers
import RunModel

/// How a run is made and watched, beside its configuration; none of it changes the numbers.
package struct RunOptions: Sendable {
  /// Why an arm with these settings would refuse `key = value` live; nil when it would take it.
  package typealias Objection = @Sendable (ArmSpecification, String, SettingValue) -> RunError?

  /// The journal to repeat at its steps; nil: that of the checkpoint the run resumes from.
  package var journal: [JournalEntry]?
  package var startsPaused: Bool
  /// Pauses when this step is done.
  package var pausesAfter: Int?
  /// Ends when this step is done, as if it were the last.
  package var endsAfter: Int?
  /// Whether a past is computed again: the world is told neither its beginning nor its end.
  package var isReplay = false
  /// Steps up to this one are a known past: they are computed, and nothing of them is told.
  package var silentThrough: Int
  /// Arms that take part and of which nothing is told.
  package var silentArms: Set<ArmID>
  /// Whether nothing is told but the checkpoints and the end.
  package var isSilent: Bool
  /// Steps between snapshots on the way; nil for none.
  package var checkpointEvery: Int?
  /// Whether a snapshot is taken before the run ends, however it ends.
  package var takesFinalSnapshot: Bool
  package var probeRunner: (any ProbeRunner)?
  /// Whether training steps aside for the interface when both want a core.
  package var yieldsToInterface: Bool
  /// Measurements to take from the start.
  package var probes: [ProbeCadence]
  package var makeOptimizer: OptimizerFactory

  package init(
    journal: [JournalEntry]? = nil, startsPaused: Bool = false, pausesAfter: Int? = nil,
    endsAfter: Int? = nil, silentThrough: Int = -1, silentArms: Set<ArmID> = [],
    isSilent: Bool = false, checkpointEvery: Int? = nil, takesFinalSnapshot: Bool = true,
    probeRunner: (any ProbeRunner)? = nil, yieldsToInterface: Bool = false,
    probes: [ProbeCadence] = [],
    makeOptimizer: OptimizerFactory? = nil
  ) {
    self.journal = journal
    self.startsPaused = startsPaused
    self.pausesAfter = pausesAfter
    self.endsAfter = endsAfter
    self.silentThrough = silentThrough
    self.silentArms = silentArms
    self.isSilent = isSilent
    self.checkpointEvery = checkpointEvery
    self.takesFinalSnapshot = takesFinalSnapshot
    self.probeRunner = probeRunner
    self.yieldsToInterface = yieldsToInterface
    self.probes = probes
    self.makeOptimizer = makeOptimizer ?? Self.registered
  }

  /// Makes the optimizers of the registry.
  private static let registered: OptimizerFactory = {
    (specification, layout, observes) throws(RunError) in
    try ArmOptimizer(specification, layout: layout, observation: observes ? .everywhere : .masked)
  }
}
