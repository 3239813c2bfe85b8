import Glibc

/// Threads that wait for work, so that a step shares itself out without making threads or memory.
///
/// `run` hands every worker its share of the indices; the caller is worker 0. The work must not
/// depend on which worker does it: results are the same for any number of threads.
package final class WorkerPool {
  package typealias Body = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

  private let shared: UnsafeMutablePointer<PoolState>
  private var workers: [pthread_t] = []
  package let threads: Int

  package init(threads: Int) {
    self.threads = max(1, threads)
    shared = .allocate(capacity: 1)
    shared.initialize(to: PoolState(threads: self.threads))
    pthread_mutex_init(&shared.pointee.mutex, nil)
    pthread_cond_init(&shared.pointee.wake, nil)
    pthread_cond_init(&shared.pointee.done, nil)
    for _ in 1..<max(2, self.threads) where self.threads > 1 { start() }
  }

  deinit {
    pthread_mutex_lock(&shared.pointee.mutex)
    shared.pointee.stopping = true
    pthread_cond_broadcast(&shared.pointee.wake)
    pthread_mutex_unlock(&shared.pointee.mutex)
    for worker in workers { pthread_join(worker, nil) }
    pthread_mutex_destroy(&shared.pointee.mutex)
    pthread_cond_destroy(&shared.pointee.wake)
    pthread_cond_destroy(&shared.pointee.done)
    shared.deinitialize(count: 1)
    shared.deallocate()
  }

  private func start() {
    var worker = pthread_t()
    let failure = pthread_create(&worker, nil, { PoolState.serve($0) }, shared)
    if failure == 0 {
      workers.append(worker)
      shared.pointee.helpers += 1
    }
  }

  /// Calls `body(context, index)` for every index below `count`, and returns when all are done.
  package func run(count: Int, context: UnsafeMutableRawPointer, body: @escaping Body) {
    let helpers = min(shared.pointee.helpers, count - 1)
    guard helpers > 0 else {
      for index in 0..<max(0, count) { body(context, index) }
      return
    }
    pthread_mutex_lock(&shared.pointee.mutex)
    shared.pointee.body = body
    shared.pointee.context = context
    shared.pointee.next = 0
    shared.pointee.count = count
    shared.pointee.unfinished = count
    pthread_cond_broadcast(&shared.pointee.wake)
    PoolState.drain(shared)
    while shared.pointee.unfinished > 0 {
      pthread_cond_wait(&shared.pointee.done, &shared.pointee.mutex)
    }
    pthread_mutex_unlock(&shared.pointee.mutex)
  }
}

/// What the caller and the helpers share, guarded by `mutex`.
private struct PoolState {
  var mutex = pthread_mutex_t()
  var wake = pthread_cond_t()
  var done = pthread_cond_t()
  var body: WorkerPool.Body?
  var context: UnsafeMutableRawPointer?
  var next = 0
  var count = 0
  var unfinished = 0
  var helpers = 0
  var stopping = false

  init(threads: Int) {}

  /// Takes indices until none is left; called and left with the mutex held.
  static func drain(_ state: UnsafeMutablePointer<PoolState>) {
    while state.pointee.next < state.pointee.count {
      guard let body = state.pointee.body, let context = state.pointee.context else { return }
      let index = state.pointee.next
      state.pointee.next += 1
      pthread_mutex_unlock(&state.pointee.mutex)
      body(context, index)
      pthread_mutex_lock(&state.pointee.mutex)
      state.pointee.unfinished -= 1
    }
    if state.pointee.unfinished == 0 { pthread_cond_signal(&state.pointee.done) }
  }

  /// A helper's life.
  static func serve(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let state = argument?.assumingMemoryBound(to: PoolState.self) else { return nil }
    pthread_mutex_lock(&state.pointee.mutex)
    while !state.pointee.stopping {
      if state.pointee.next < state.pointee.count {
        drain(state)
      } else {
        pthread_cond_wait(&state.pointee.wake, &state.pointee.mutex)
      }
    }
    pthread_mutex_unlock(&state.pointee.mutex)
    return nil
  }
}
