import Dispatch
import EventStream
import RunModel
import Synchronization

/// Drives a `Coordinator` with threads: a barrier at which none is more than one step ahead.
///
/// Waiting threads first spin for a few microseconds, because arms of equal size arrive almost
/// together, and then sleep. What the coordinator decides under the lock is done after the lock is
/// released, by the thread that caused it.
final class LockStep: Sendable {
  /// Everything threads and commands share; only ever touched under the lock.
  private struct Contents: Sendable {
    var coordinator: Coordinator
    var sleepers: [Bool]
    var exited = 0
  }

  let clock: RunClock
  private let channels: RunChannels
  private let threads: Int
  private let contents: Locked<Contents>
  private let generation = Atomic(0)
  private let gates: [DispatchSemaphore]
  private let ended = DispatchSemaphore(value: 0)

  /// Rounds of the waiting loop before a thread goes to sleep; about 20 µs.
  private static let spins = 20_000

  init(_ coordinator: Coordinator, threads: Int, channels: RunChannels, clock: RunClock) {
    self.channels = channels
    self.threads = threads
    self.clock = clock
    gates = (0..<threads).map { _ in DispatchSemaphore(value: 0) }
    contents = Locked(
      Contents(
        coordinator: coordinator, sleepers: [Bool](repeating: false, count: threads)))
    if coordinator.state.phase == .paused { clock.pause() }
  }

  // MARK: Threads

  /// Arrives at the barrier and returns when all threads have, with what to do next.
  func arrive(thread: Int) -> Directive {
    let before = generation.load(ordering: .acquiring)
    perform(contents.withLock { $0.coordinator.arrive() })
    // A paused run holds the last thread too.
    if generation.load(ordering: .acquiring) == before { wait(thread: thread, since: before) }
    return contents.withLock(\.coordinator.directive)
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

  /// Does what was decided, in that order; called without the lock.
  private func perform(_ actions: [Coordinator.Action]) {
    guard !actions.isEmpty else { return }
    for action in actions {
      switch action {
      case .publish(let event): channels.post(event)
      case .keep(let checkpoint): channels.post(checkpoint)
      case .stopClock: clock.pause()
      case .startClock: clock.resume()
      case .go: release()
      }
    }
    if channels.rows != nil || actions.contains(where: \.isTold) { channels.wake() }
  }

  private func release() {
    let sleepers = contents.withLock { contents in
      defer { for thread in contents.sleepers.indices { contents.sleepers[thread] = false } }
      generation.wrappingAdd(1, ordering: .releasing)
      return contents.sleepers
    }
    for thread in sleepers.indices where sleepers[thread] { gates[thread].signal() }
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

  func report(_ seat: Seat, _ body: (inout SeatReport) -> Void) {
    contents.withLock { body(&$0.coordinator.reports[seat.index]) }
  }

  func matchedFactor(of seat: Seat) -> Double {
    contents.withLock { $0.coordinator.matchedFactor(of: seat) }
  }

  func lookedAtBlock(of seat: Seat) -> Int? {
    contents.withLock { $0.coordinator.lookedAtBlock(of: seat) }
  }

  /// What first takes effect in the computation of `step`.
  func entries(at step: Int) -> [JournalEntry] {
    contents.withLock { $0.coordinator.course.entries(at: step) }
  }

  /// Whether `step` ends with an evaluation.
  func evaluates(after step: Int) -> Bool {
    contents.withLock { $0.coordinator.course.evaluates(after: step) }
  }

  var failure: RunError? { contents.withLock(\.coordinator.failure) }

  /// Whether every thread has let go of its trainers.
  var hasEnded: Bool { contents.withLock { $0.exited == threads } }

  var state: RunState { contents.withLock(\.coordinator.state) }

  // MARK: Commands

  func send(_ command: RunCommand) {
    perform(contents.withLock { $0.coordinator.obey(command) })
  }

  func requestSnapshot() {
    perform(contents.withLock { $0.coordinator.requestSnapshot() })
  }

  /// Counts threads that could not be started as present and gone, and fails the run.
  func abandon(_ missing: Int, because error: RunError) {
    let (isEmpty, actions) = contents.withLock { contents in
      contents.coordinator.reports[0].failure = error
      contents.exited += missing
      return (contents.exited == threads, contents.coordinator.arrive(missing))
    }
    perform(actions)
    if isEmpty { ended.signal() }
  }
}
