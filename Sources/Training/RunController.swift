import EventStream
import Optimizers
import RunModel
import Synchronization
import Workloads

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run: arms of several seeds, trained in lock-step by background threads, under live control.
///
/// ```swift
/// let run = RunController(configuration: configuration, source: source, channels: channels)
/// run.start()                    // returns at once
/// run.send(.set(arm: ArmID(0), key: "lr", value: .number(3e-4)))
/// run.waitUntilFinished()
/// ```
/// All seeds advance together, step by step, so that paired differences exist at every moment; with
/// more arms than cores every thread has several arms. The numbers do not depend on the threads.
package final class RunController: Sendable {
  /// The configuration, and what the journal to be repeated changes of it.
  package let course: RunCourse
  private let source: any WorkloadSource
  private let channels: RunChannels
  private let options: RunOptions
  private let checkpoint: CheckpointSet?
  private let arms: [RunArm]
  private let lockStep: LockStep
  private let hands: [[Seat]]
  private let isStarted = Atomic(false)

  /// - Parameters:
  ///   - arms: those that take part; nil: all that the journal leaves in the run.
  ///   - resumeFrom: a step boundary of the same run to go on from, bit for bit.
  ///   - options: journal to replay, snapshots, probes.
  package init(
    configuration: RunConfiguration, arms: [ArmID]? = nil, source: any WorkloadSource,
    channels: RunChannels, resumeFrom checkpoint: CheckpointSet? = nil,
    options: RunOptions = RunOptions()
  ) {
    course = RunCourse(configuration, journal: options.journal ?? checkpoint?.journal ?? [])
    let here = course.arms(at: .max)
    self.arms = arms.map { wanted in here.filter { wanted.contains($0.id) } } ?? here
    precondition(!self.arms.isEmpty, "a run needs an arm")
    self.source = source
    self.channels = channels
    self.checkpoint = checkpoint
    var options = options
    options.takesFinalSnapshot =
      options.takesFinalSnapshot && (channels.checkpoints != nil || channels.recorder != nil)
    self.options = options
    hands = Seat.deal(
      Seat.all(self.arms, seeds: configuration.seedValues), arms: self.arms.count,
      threads: configuration.threads ?? Self.coreCount)
    lockStep = LockStep(
      Coordinator(
        course: course, arms: self.arms, facts: Coordinator.Facts(source), options: options,
        threads: hands.count, resumeFrom: checkpoint),
      threads: hands.count, channels: channels,
      clock: RunClock(elapsed: checkpoint?.arms.first?.progress.wallSeconds ?? 0))
  }

  /// Processors this process may use.
  package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Starts the threads; a second call does nothing.
  package func start() {
    guard !isStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let cores = course.configuration.threads ?? Self.coreCount
    for (thread, seats) in hands.enumerated() {
      let worker = TrainingWorker(
        thread: thread, seats: seats, course: course, source: source, channels: channels,
        options: options, threadsPerArm: max(1, cores / hands.count), checkpoint: checkpoint,
        lockStep: lockStep)
      do throws(RunError) {
        try BackgroundThread.start("trainer-\(thread)") {
          [lockStep, yields = options.yieldsToInterface] in
          if yields { BackgroundThread.stepAside() }
          worker.run()
          lockStep.leave()
        }
      } catch {
        return lockStep.abandon(hands.count - thread, because: error)
      }
    }
  }

  /// Hands over a command; it takes effect at the next step boundary, for all arms at the same one.
  ///
  /// One that makes no sense is answered with `RunEvent.refused` and changes nothing.
  package func send(_ command: RunCommand) { lockStep.send(command) }

  /// Asks for a snapshot of all arms at the next step boundary; it arrives in
  /// `channels.checkpoints` and at the recorder.
  package func requestCheckpoint() { lockStep.requestSnapshot() }

  package func stop() { send(.stop) }

  /// Returns when every thread has ended; call it after `start`.
  package func waitUntilFinished() { lockStep.waitUntilFinished() }

  /// Whether every thread has ended.
  package var hasEnded: Bool { lockStep.hasEnded }

  /// What ended the run before its time; nil while all is well.
  package var failure: RunError? { lockStep.failure }

  package var state: RunState { lockStep.state }
}

extension Coordinator.Facts {
  /// The facts of a workload source, and the registry's objections to changes on its layout.
  init(_ source: any WorkloadSource) {
    let layout = source.layout
    self.init(
      blocks: layout.blocks, tokensPerStep: source.tokensPerStep,
      entropyFloor: source.entropyFloor, baseFloor: source.baseFloor,
      dataDescription: source.dataDescription,
      plane: source.shownPlane,
      objection: { settings, key, value in
        guard OptimizerRegistry.catalog.base(settings.base) != nil else { return nil }
        do throws(RunError) {
          _ = try ArmOptimizer.changed(settings, key, to: value, layout: layout)
          return nil
        } catch {
          return error
        }
      })
  }
}
