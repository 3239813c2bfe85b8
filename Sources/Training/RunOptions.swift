import Optimizers
import RunModel

/// How a run is made and watched, beside its configuration; none of it changes the numbers.
package struct RunOptions: Sendable {
  /// Live changes to repeat at their steps: the journal of an earlier run.
  package var interventions: [Intervention]
  package var startsPaused: Bool
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
    interventions: [Intervention] = [], startsPaused: Bool = false, checkpointEvery: Int? = nil,
    takesFinalSnapshot: Bool = true, probeRunner: (any ProbeRunner)? = nil,
    yieldsToInterface: Bool = false, probes: [ProbeCadence] = [],
    makeOptimizer: @escaping OptimizerFactory = RunOptions.registered
  ) {
    self.interventions = interventions
    self.startsPaused = startsPaused
    self.checkpointEvery = checkpointEvery
    self.takesFinalSnapshot = takesFinalSnapshot
    self.probeRunner = probeRunner
    self.yieldsToInterface = yieldsToInterface
    self.probes = probes
    self.makeOptimizer = makeOptimizer
  }

  /// Makes the optimizers of the registry.
  package static let registered: OptimizerFactory = {
    // Random projections take their seed from each step's context.
    (specification, layout, _) throws(RunError) in
    try ArmOptimizer(specification, layout: layout)
  }
}
