import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// CPU time the calling thread has used, in seconds.
func threadCPUSeconds() -> Double {
  Double(nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)) * 1e-9
}

/// Time since some fixed moment, never set back, in nanoseconds.
func monotonicNanoseconds() -> Int {
  nanoseconds(of: CLOCK_MONOTONIC)
}

private func nanoseconds(of clock: clockid_t) -> Int {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
}

/// The wall time of a run: stands still while the run is paused, goes on after a resume from disk.
package final class RunClock: Sendable {
  private let origin: Atomic<Int>
  private let stoppedAt = Atomic(0)

  /// - Parameter elapsed: seconds an earlier part of the run took.
  package init(elapsed: Double = 0) {
    origin = Atomic(monotonicNanoseconds() - Int(elapsed * 1e9))
  }

  var seconds: Double {
    let stopped = stoppedAt.load(ordering: .relaxed)
    let now = stopped == 0 ? monotonicNanoseconds() : stopped
    return Double(now - origin.load(ordering: .relaxed)) * 1e-9
  }

  func pause() {
    stoppedAt.store(monotonicNanoseconds(), ordering: .relaxed)
  }

  func resume() {
    let stopped = stoppedAt.exchange(0, ordering: .relaxed)
    guard stopped != 0 else { return }
    origin.wrappingAdd(monotonicNanoseconds() - stopped, ordering: .relaxed)
  }
}
