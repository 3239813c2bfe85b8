import RunModel
import TensorKernels
import Workloads

/// What the coordinator has to know of the workload, which it must not touch itself.
protocol RunFacts: Sendable {
  var blocks: [BlockDescriptor] { get }
  var tokensPerStep: Int { get }
  var entropyFloor: Double? { get }
  var dataDescription: String { get }
  var plane: EigenPlane? { get }
}

/// The facts of a workload source.
struct SourceFacts: RunFacts {
  var source: any WorkloadSource

  var blocks: [BlockDescriptor] { source.layout.blocks }
  var tokensPerStep: Int { source.tokensPerStep }
  var entropyFloor: Double? { source.entropyFloor }
  var dataDescription: String { source.dataDescription }
  var plane: EigenPlane? { source.shownPlane }
}

extension LockStep.Contents {
  init(
    configuration: RunConfiguration, threads: Int, assignments: [Assignment],
    options: RunOptions, checkpoint: CheckpointSet?
  ) {
    state = RunState(
      step: checkpoint?.step ?? 0, steps: configuration.steps, startsPaused: options.startsPaused)
    sleepers = [Bool](repeating: false, count: threads)
    interventions = (checkpoint?.interventions ?? []) + options.interventions
    values = configuration.arms.map(\.values)
    cadences = options.probes
    reports = assignments.map { _ in LaneReport() }
    guard let checkpoint else { return }
    for change in checkpoint.interventions where change.step <= checkpoint.step {
      remember(change)
    }
    for (index, record) in checkpoint.records.enumerated() where index < reports.count {
      reports[index].record = record
      reports[index].divergedAt = checkpoint.arms[index].progress.divergedAt
      reports[index].wasDivergenceTold = reports[index].divergedAt != nil
    }
  }

  /// Keeps the current value of a setting that a live change has set.
  mutating func remember(_ change: Intervention) {
    for arm in values.indices where change.arm == nil || change.arm == arm {
      if values[arm][change.key] != nil { values[arm][change.key] = change.newValue }
    }
  }
}
