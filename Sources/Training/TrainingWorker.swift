import EventStream
import RunModel
import Workloads

/// The work of one training thread: its seats, which never leave it, and the directives it follows.
struct TrainingWorker: Sendable {
  var thread: Int
  var seats: [Seat]
  var course: RunCourse
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
    for seat in seats {
      do throws(RunError) {
        let trainer = try makeTrainer(seat)
        let (state, buffers) = (trainer.optimizer.stateBytes, trainer.optimizer.bufferBytes)
        let isMasked = trainer.optimizer.outcomes.map(\.isMasked)
        lockStep.report(seat) { report in
          report.stateBytes = state
          report.bytes = ArmMemory.bytes(optimizerBytes: buffers, source: source)
          report.isMasked = isMasked
        }
        reportFactor(of: trainer)
        trainers.append(trainer)
      } catch {
        lockStep.report(seat) { $0.failure = error }
      }
    }
    return trainers
  }

  private func makeTrainer(_ seat: Seat) throws(RunError) -> ArmTrainer {
    let trainer = try ArmTrainer(
      seat: seat, course: course, from: checkpoint?.step ?? 0,
      source: source.seeded(seat.seed), threads: threadsPerArm, channels: channels,
      clock: lockStep.clock, options: options)
    guard let checkpoint else { return trainer }
    guard let place = checkpoint.place(of: seat) else {
      throw RunError(
        .input, "the checkpoint has no arm '\(trainer.arm.lane.name)' of seed \(seat.seed)",
        remedy: "resume with the arms and seeds the run was started with")
    }
    try trainer.restore(checkpoint.arms[place])
    return trainer
  }

  private func follow(_ directive: Directive, _ trainer: ArmTrainer) {
    switch directive {
    case .prepare, .finish: break
    case .evaluate: evaluate(trainer, step: 0)
    case .train(let step): train(trainer, step: step)
    case .probe(let kind):
      // A reading names its arm, not its seed: the first seed stands for all.
      guard let runner = options.probeRunner,
        trainer.seat.seed == course.configuration.seed
      else { break }
      let reading = trainer.probe(
        kind, with: runner, matchedFactor: lockStep.matchedFactor(of: trainer.seat))
      lockStep.report(trainer.seat) { $0.reading = reading }
    case .snapshot:
      let snapshot = trainer.snapshot()
      lockStep.report(trainer.seat) { $0.snapshot = snapshot }
    }
  }

  private func train(_ trainer: ArmTrainer, step: Int) {
    if !trainer.isDiverged {
      do throws(RunError) {
        for entry in lockStep.entries(at: step) { try trainer.take(entry) }
      } catch {
        // Checked before it was journaled; what would be trained now is not what the journal says.
        return lockStep.report(trainer.seat) { $0.failure = error }
      }
      trainer.train(
        step: step, matchedFactor: lockStep.matchedFactor(of: trainer.seat),
        lookingAt: channels.looks == nil ? nil : lockStep.lookedAtBlock(of: trainer.seat))
      reportFactor(of: trainer)
    }
    if lockStep.evaluates(after: step) { evaluate(trainer, step: step) }
  }

  private func reportFactor(of trainer: ArmTrainer) {
    let factor = trainer.optimizer.stepFactor
    let divergedAt = trainer.progress.divergedAt
    lockStep.report(trainer.seat) { report in
      report.stepFactor = factor
      report.divergedAt = divergedAt
    }
  }

  private func evaluate(_ trainer: ArmTrainer, step: Int) {
    let record = trainer.evaluate(step: step, wallSeconds: lockStep.clock.seconds)
    let divergedAt = trainer.progress.divergedAt
    lockStep.report(trainer.seat) { report in
      report.record = record
      report.isRecordNew = true
      report.divergedAt = divergedAt
    }
  }
}
