import RunModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Starts plain threads for work that would block a cooperative pool.
package enum BackgroundThread {
  /// Enough for deep call chains over large spans; only touched pages cost memory.
  private static let stackBytes = 8 << 20

  /// Signals are the main thread's business: a background thread must never be the one they reach.
  private static let blockedSignals = [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH, SIGCONT]

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Runs `body` on a detached thread of its own; throws `RunError` when the system refuses one.
  package static func start(
    _ name: String, _ body: @escaping @Sendable () -> Void
  ) throws(RunError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(Body(name: name, run: body))
    let code = withSignalsBlocked { create(&attributes, context.toOpaque()) }
    if code != 0 {
      context.release()
      throw RunError(
        .failure, "cannot start the thread '\(name)' (error \(code))",
        remedy: "train fewer arms or seeds at once, or raise the limit on threads")
    }
  }

  /// Lets threads of normal priority go before the calling one, and before those it will start.
  package static func stepAside() {
    #if os(Linux)
      // Priorities belong to threads on Linux: 0 is the calling one.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    #endif
  }

  /// A thread inherits the mask of its creator, so the creator blocks the signals for a moment.
  private static func withSignalsBlocked(_ body: () -> Int32) -> Int32 {
    var blocked = sigset_t()
    var previous = sigset_t()
    sigemptyset(&blocked)
    for signal in blockedSignals { sigaddset(&blocked, signal) }
    pthread_sigmask(SIG_BLOCK, &blocked, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    return body()
  }

  #if canImport(Darwin)
    private static func create(
      _ attributes: UnsafePointer<pthread_attr_t>, _ context: UnsafeMutableRawPointer
    ) -> Int32 {
      var thread: pthread_t?
      return pthread_create(&thread, attributes, { BackgroundThread.enter($0) }, context)
    }

    private static func setName(_ name: String) { pthread_setname_np(name) }
  #else
    private static func create(
      _ attributes: UnsafePointer<pthread_attr_t>, _ context: UnsafeMutableRawPointer
    ) -> Int32 {
      var thread = pthread_t()
      return pthread_create(
        &thread, attributes,
        { context in
          guard let context else { return nil }
          return BackgroundThread.enter(context)
        }, context)
    }

    /// Through the file system, because `pthread_setname_np` hides behind a feature macro.
    private static func setName(_ name: String) {
      let file = open("/proc/thread-self/comm", O_WRONLY)
      guard file >= 0 else { return }
      defer { close(file) }
      let bytes = Array(name.utf8.prefix(15))
      _ = write(file, bytes, bytes.count)
    }
  #endif

  private static func enter(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
    setName(body.name)
    body.run()
    return nil
  }
}
