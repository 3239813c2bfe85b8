import EventStream
import Foundation

/// Waits for INT, TERM and HUP on a thread of its own and remembers the latest.
///
/// Make it before any other thread: the signals are blocked for all threads made later.
final class SignalWatcher: Sendable {
  private struct State: Sendable {
    var latest: Int32?
    /// USR1 came: what runs is to be kept and left.
    var isTimeNearlyUp = false
    /// Whether there is something to save, so that a signal only asks for the end.
    var isHolding: Bool
  }

  private static let watched: [Int32] = [SIGINT, SIGTERM, SIGHUP]
  private let state: Locked<State>

  /// - Parameters:
  ///   - isHolding: false while nothing has begun, as when data are read: a signal then ends the program
  ///     at once.
  ///   - alsoTimeNearlyUp: whether to watch for USR1, by which schedulers say so.
  init(isHolding: Bool = true, alsoTimeNearlyUp: Bool = false) {
    let state = Locked(State(isHolding: isHolding))
    self.state = state
    var set = sigset_t()
    sigemptyset(&set)
    for signal in Self.watched where !Self.isIgnored(signal) { sigaddset(&set, signal) }
    if alsoTimeNearlyUp { sigaddset(&set, SIGUSR1) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let waited = set
    Thread.detachNewThread {
      var waited = waited
      var signal: Int32 = 0
      while sigwait(&waited, &signal) == 0 {
        let received = signal
        let isHolding = state.withLock {
          if received == SIGUSR1 { $0.isTimeNearlyUp = true } else { $0.latest = received }
          return $0.isHolding
        }
        if !isHolding { _exit(128 + received) }
      }
    }
  }

  /// From now on a signal is remembered, and whoever runs something asks for it.
  func hold() { state.withLock { $0.isHolding = true } }

  var isTimeNearlyUp: Bool { state.withLock(\.isTimeNearlyUp) }

  /// The exit code that the received signal asks for, nil when there was none.
  var exitCode: Int32? { state.withLock { $0.latest }.map { 128 + $0 } }

  /// `nohup`: a hangup that was ignored when the program started stays ignored.
  private static func isIgnored(_ signal: Int32) -> Bool {
    guard signal == SIGHUP else { return false }
    var now = sigaction()
    guard sigaction(signal, nil, &now) == 0 else { return false }
    return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
