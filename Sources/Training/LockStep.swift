import Dispatch
import EventStream
import RunModel
import Synchronization

/// What every thread of a run does next; all do the same.
enum Directive: Sendable, Hashable {
  /// Builds the trainers.
  case prepare
  /// Evaluates the weights of step 0.
  case evaluate
  case train(step: Int)
  case probe(ProbeKind)
  case snapshot
  case finish
}

/// What a thread reports of one arm after doing what the directive said.
struct LaneReport: Sendable {
  /// `keep · mean scale` after the arm's latest step.
  var stepFactor = 1.0
  /// The same as of the last barrier: what a matched control follows while the arm makes a step.
  var settledFactor = 1.0
  var stateBytes = 0
  /// Bytes of all buffers of the arm.
  var bytes = 0
  var divergedAt: Int?
  var wasDivergenceTold = false
  /// The latest evaluation, and whether it is still to be told.
  var record: EvaluationRecord?
  var isRecordNew = false
  var snapshot: ArmCheckpoint?
  var reading: ProbeReading?
  var failure: RunError?
}

/// Keeps the threads of a run in lock-step: none is more than one step ahead of the slowest.
///
/// A barrier: the last thread to arrive settles what was done (`LockStep+Resolution`), reads the
/// commands, decides what comes next, and lets the others go. Waiting threads first spin for a few
/// microseconds, because arms of equal size arrive almost together, and then sleep.
final class LockStep: Sendable {
  /// Everything threads and commands share; only ever touched under the lock.
  struct Contents: Sendable {
    var state: RunState
    var directive = Directive.prepare
    var arrived = 0
    var isHolding = false
    var sleepers: [Bool]
    var exited = 0
    var reports: [LaneReport]
    var commands: [RunCommand] = []
    /// Measurements to take before the next step, and those that come back.
    var probes: [ProbeKind] = []
    var cadences: [ProbeCadence] = []
    var wantsSnapshot = false
    var hasFinalSnapshot = false
    var isFailed = false
    /// All live changes, in order; those of the step to come are found by their step.
    var interventions: [Intervention]
    /// The value of every setting of every arm now.
    var values: [[String: SettingValue]]
  }

  let configuration: RunConfiguration
  let source: any RunFacts
  let channels: RunChannels
  let clock: RunClock
  let assignments: [Assignment]
  let followedArms: [Int?]
  let options: RunOptions
  let isResumed: Bool
  let threads: Int
  private let contents: Locked<Contents>
  private let generation = Atomic(0)
  private let gates: [DispatchSemaphore]
  private let ended = DispatchSemaphore(value: 0)

  /// Rounds of the waiting loop before a thread goes to sleep; about 20 µs.
  private static let spins = 20_000

  init(
    configuration: RunConfiguration, source: any RunFacts, channels: RunChannels, threads: Int,
    options: RunOptions, checkpoint: CheckpointSet?
  ) {
    self.configuration = configuration
    self.source = source
    self.channels = channels
    self.threads = threads
    self.options = options
    isResumed = checkpoint != nil
    assignments = Assignment.all(of: configuration)
    followedArms = configuration.followedArms
    gates = (0..<threads).map { _ in DispatchSemaphore(value: 0) }
    clock = RunClock(elapsed: checkpoint?.arms.first?.progress.wallSeconds ?? 0)
    contents = Locked(
      Contents(
        configuration: configuration, threads: threads, assignments: assignments,
        options: options, checkpoint: checkpoint))
    if options.startsPaused { clock.pause() }
  }

  // MARK: Threads

  /// Arrives at the barrier and returns when all threads have, with what to do next.
  func arrive(thread: Int) -> Directive {
    let before = generation.load(ordering: .acquiring)
    let isLast = contents.withLock { contents in
      contents.arrived += 1
      return contents.arrived == threads
    }
    if isLast { settle() } else { wait(thread: thread, since: before) }
    // A paused run holds the last thread too.
    if generation.load(ordering: .acquiring) == before { wait(thread: thread, since: before) }
    return contents.withLock(\.directive)
  }

  private func wait(thread: Int, since before: Int) {
    for _ in 0..<Self.spins where generation.load(ordering: .acquiring) != before { return }
    let mustSleep = contents.withLock { contents in
      guard generation.load(ordering: .acquiring) == before else { return false }
      contents.sleepers[thread] = true
      return true
    }
    if mustSleep { gates[thread].wait() }
  }

  /// Settles the finished round and, unless the run is to hold, starts the next one.
  private func settle() {
    contents.withLock { contents in
      contents.isHolding = true
      conclude(&contents)
      proceed(&contents)
    }
    channels.wake()
  }

  /// Reads the commands and starts the next round, unless the run is paused.
  private func proceed(_ contents: inout Contents) {
    guard contents.isHolding, let next = decide(&contents) else { return }
    contents.directive = next
    contents.arrived = 0
    contents.isHolding = false
    generation.wrappingAdd(1, ordering: .releasing)
    for thread in contents.sleepers.indices where contents.sleepers[thread] {
      contents.sleepers[thread] = false
      gates[thread].signal()
    }
  }

  /// Says that a thread has let go of its trainers.
  func leave() {
    let isLast = contents.withLock { contents in
      contents.exited += 1
      return contents.exited == threads
    }
    if isLast { ended.signal() }
  }

  func waitUntilFinished() {
    ended.wait()
    ended.signal()
  }

  // MARK: Reports and questions

  func report(_ lane: Int, _ body: (inout LaneReport) -> Void) {
    contents.withLock { body(&$0.reports[lane]) }
  }

  /// The factor on a matched control's maskable blocks in the coming step; 1 for other arms.
  func matchedFactor(of assignment: Assignment) -> Double {
    let specification = configuration.arms[assignment.arm]
    guard specification.isMatched else { return 1 }
    let followed = followedArms[assignment.arm] ?? assignment.arm
    let lane = assignment.seedIndex * configuration.arms.count + followed
    return contents.withLock { $0.reports[lane].settledFactor }
  }

  /// The live changes that take effect with `step`.
  func interventions(at step: Int) -> [Intervention] {
    contents.withLock { contents in
      contents.interventions.isEmpty ? [] : contents.interventions.filter { $0.step == step }
    }
  }

  var state: RunState { contents.withLock(\.state) }

  // MARK: Commands

  /// Hands over a command; it is read at the next step boundary, at once when the run holds.
  func send(_ command: RunCommand) {
    contents.withLock { contents in
      contents.commands.append(command)
      proceed(&contents)
    }
    channels.wake()
  }

  func requestSnapshot() {
    contents.withLock { contents in
      contents.wantsSnapshot = true
      proceed(&contents)
    }
  }

  /// Counts threads that could not be started as present and gone, and fails the run.
  func abandon(_ missing: Int, because error: RunError) {
    let isEmpty = contents.withLock { contents in
      contents.reports[0].failure = error
      contents.arrived += missing
      contents.exited += missing
      return contents.exited == threads
    }
    settleIfComplete()
    if isEmpty { ended.signal() }
  }

  private func settleIfComplete() {
    let isComplete = contents.withLock { $0.arrived == threads && !$0.isHolding }
    if isComplete { settle() }
  }
}
