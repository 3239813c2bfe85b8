import EventStream
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
/// run.send(.set(arm: 0, key: "lr", value: .number(3e-4)))
/// run.waitUntilFinished()
/// ```
/// All seeds advance together, step by step, so that paired differences exist at every moment; with
/// more arms than cores every thread has several arms. The numbers do not depend on the threads.
package final class RunController: Sendable {
  package let configuration: RunConfiguration
  private let source: any WorkloadSource
  private let channels: RunChannels
  private let options: RunOptions
  private let checkpoint: CheckpointSet?
  private let lockStep: LockStep
  private let hands: [[Assignment]]
  private let isStarted = Atomic(false)

  /// - Parameters:
  ///   - resumeFrom: a step boundary of the same configuration to go on from, bit for bit.
  ///   - options: journal to replay, snapshots, probes.
  package init(
    configuration: RunConfiguration, source: any WorkloadSource, channels: RunChannels,
    resumeFrom checkpoint: CheckpointSet? = nil, options: RunOptions = RunOptions()
  ) {
    precondition(!configuration.arms.isEmpty, "a run needs an arm")
    self.configuration = configuration
    self.source = source
    self.channels = channels
    self.checkpoint = checkpoint
    var options = options
    options.takesFinalSnapshot =
      options.takesFinalSnapshot && (channels.checkpoints != nil || channels.recorder != nil)
    self.options = options
    hands = Assignment.deal(
      Assignment.all(of: configuration), arms: configuration.arms.count,
      threads: configuration.threads ?? Self.coreCount)
    lockStep = LockStep(
      configuration: configuration, source: SourceFacts(source: source), channels: channels,
      threads: hands.count, options: options, checkpoint: checkpoint)
  }

  /// Processors this process may use.
  package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Starts the threads; a second call does nothing.
  package func start() {
    guard !isStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let cores = configuration.threads ?? Self.coreCount
    for (thread, assignments) in hands.enumerated() {
      let worker = TrainingWorker(
        thread: thread, assignments: assignments, configuration: configuration, source: source,
        channels: channels, options: options, threadsPerArm: max(1, cores / hands.count),
        checkpoint: checkpoint, lockStep: lockStep)
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
  /// - Returns: why the command makes no sense, nil when it was accepted.
  @discardableResult
  package func send(_ command: RunCommand) -> RunError? {
    if let error = CommandCheck.problem(of: command, arms: configuration.arms) { return error }
    lockStep.send(command)
    return nil
  }

  /// Asks for a snapshot of all arms at the next step boundary; it arrives in
  /// `channels.checkpoints` and at the recorder.
  package func requestCheckpoint() { lockStep.requestSnapshot() }

  package func stop() { send(.stop) }

  /// Returns when every thread has ended; call it after `start`.
  package func waitUntilFinished() { lockStep.waitUntilFinished() }

  package var state: RunState { lockStep.state }
}
