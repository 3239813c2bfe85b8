import EventStream
import RunModel
import Workloads

/// The work of one training thread: its arms, which never leave it, and the directives it follows.
struct TrainingWorker: Sendable {
  var thread: Int
  var assignments: [Assignment]
  var configuration: RunConfiguration
  var source: any WorkloadSource
  var channels: RunChannels
  var options: RunOptions
  /// Threads each of this worker's workloads may compute with.
  var threadsPerArm: Int
  var checkpoint: CheckpointSet?
  var lockStep: LockStep

  func run() {
    let trainers = prepare()
    while true {
      let directive = lockStep.arrive(thread: thread)
      if directive == .finish { break }
      for trainer in trainers { follow(directive, trainer) }
    }
  }

  /// Builds the trainers here, on the thread that owns them. A failure ends the run, not the thread.
  private func prepare() -> [ArmTrainer] {
    var trainers: [ArmTrainer] = []
    for assignment in assignments {
      do throws(RunError) {
        let trainer = try makeTrainer(assignment)
        let (state, buffers) = (trainer.optimizer.stateBytes, trainer.optimizer.bufferBytes)
        lockStep.report(assignment.index) { report in
          report.stateBytes = state
          report.bytes = ArmMemory.bytes(optimizerBytes: buffers, source: source)
        }
        reportFactor(of: trainer)
        trainers.append(trainer)
      } catch {
        lockStep.report(assignment.index) { $0.failure = error }
      }
    }
    return trainers
  }

  private func makeTrainer(_ assignment: Assignment) throws(RunError) -> ArmTrainer {
    let trainer = try ArmTrainer(
      assignment: assignment, configuration: configuration,
      source: source.seeded(assignment.seed), threads: threadsPerArm, channels: channels,
      clock: lockStep.clock,
      makeOptimizer: options.makeOptimizer)
    guard let checkpoint else { return trainer }
    guard
      let arm = checkpoint.arms.first(where: {
        $0.arm == assignment.arm && $0.seedIndex == assignment.seedIndex
      })
    else {
      throw RunError(
        .input, "the checkpoint has no arm '\(trainer.lane.name)' of seed \(assignment.seed)",
        remedy: "resume with the arms and seeds the run was started with")
    }
    try trainer.restore(arm, interventions: checkpoint.interventions)
    return trainer
  }

  private func follow(_ directive: Directive, _ trainer: ArmTrainer) {
    switch directive {
    case .prepare, .finish: break
    case .evaluate: evaluate(trainer, step: 0)
    case .train(let step): train(trainer, step: step)
    case .probe(let kind):
      // A reading names its arm, not its seed: the first seed stands for all.
      guard let runner = options.probeRunner, trainer.assignment.seedIndex == 0 else { break }
      let reading = trainer.probe(
        kind, with: runner, matchedFactor: lockStep.matchedFactor(of: trainer.assignment))
      lockStep.report(trainer.assignment.index) { $0.reading = reading }
    case .snapshot:
      let snapshot = trainer.snapshot()
      lockStep.report(trainer.assignment.index) { $0.snapshot = snapshot }
    }
  }

  private func train(_ trainer: ArmTrainer, step: Int) {
    if !trainer.isDiverged {
      apply(lockStep.interventions(at: step), to: trainer)
      trainer.train(step: step, matchedFactor: lockStep.matchedFactor(of: trainer.assignment))
      reportFactor(of: trainer)
    }
    if configuration.evaluates(after: step) { evaluate(trainer, step: step) }
  }

  /// A change that an arm cannot follow leaves it as it is; commands are checked when they are sent.
  private func apply(_ changes: [Intervention], to trainer: ArmTrainer) {
    for change in changes {
      do throws(RunError) {
        try trainer.apply(change)
      } catch {
        channels.post(.failed(error.description))
      }
    }
  }

  private func reportFactor(of trainer: ArmTrainer) {
    let factor = trainer.optimizer.stepFactor
    let divergedAt = trainer.progress.divergedAt
    lockStep.report(trainer.assignment.index) { report in
      report.stepFactor = factor
      report.divergedAt = divergedAt
    }
  }

  private func evaluate(_ trainer: ArmTrainer, step: Int) {
    let record = trainer.evaluate(step: step, wallSeconds: lockStep.clock.seconds)
    let divergedAt = trainer.progress.divergedAt
    lockStep.report(trainer.assignment.index) { report in
      report.record = record
      report.isRecordNew = true
      report.divergedAt = divergedAt
    }
  }
}
