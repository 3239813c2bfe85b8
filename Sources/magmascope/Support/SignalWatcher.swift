import EventStream
import Foundation

/// Waits for INT, TERM and HUP on a thread of its own and remembers the latest.
///
/// Make it before any other thread: the signals are blocked for all threads made later.
final class SignalWatcher: Sendable {
  private static let watched: [Int32] = [SIGINT, SIGTERM, SIGHUP]
  private let latest = Locked<Int32?>(nil)

  init() {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in Self.watched { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let waited = set
    let latest = latest
    Thread.detachNewThread {
      var waited = waited
      var signal: Int32 = 0
      while sigwait(&waited, &signal) == 0 {
        let received = signal
        latest.withLock { $0 = received }
      }
    }
  }

  /// The exit code that the received signal asks for, nil when there was none.
  var exitCode: Int32? { latest.withLock { $0 }.map { 128 + $0 } }
}
