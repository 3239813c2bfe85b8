import Glibc
import HostSystem
import RunModel

/// The only writer of standard output: data, complete lines at a time.
///
/// What a terminal could obey is made visible on its way out; `raw` text is the user's own wish.
struct StandardOutput {
  private static let stream = OutgoingStream(STDOUT_FILENO)

  /// Writes `text` or throws what stands in the way.
  ///
  /// - Parameter raw: whether control characters pass as they are.
  /// - Throws: `RunError`: `.readerGone`, `.terminalGone`, or `.failure` for a full disk.
  func write(_ text: String, raw: Bool = false) throws(RunError) {
    var bytes = Array((raw ? text : visible(text, keepingLines: true)).utf8)[...]
    try write(&bytes)
  }

  /// Writes bytes that are safe as they are, taking away what went out.
  ///
  /// - Parameter isGivenUp: asked while the reader does not read; true ends the wait.
  func write(
    _ bytes: inout ArraySlice<UInt8>, isGivenUp: () -> Bool = { false }
  ) throws(RunError) {
    switch Self.stream.write(&bytes, isGivenUp: isGivenUp) {
    case nil: return
    case EPIPE: throw RunError(.readerGone, "has no reader", place: Self.place, remedy: "read it")
    case EIO: throw RunError(.terminalGone, "has gone", place: Self.place, remedy: "use --out DIR")
    case .some(let code):
      throw RunError(
        .failure, "cannot be written: \(SystemError.words(for: code))", place: Self.place,
        remedy: "send it elsewhere, or make room")
    }
  }

  private static let place = "standard output"
}

/// The only writer of standard error: words for people, none of which ever matters to the run.
enum StandardError {
  static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let stream = OutgoingStream(STDERR_FILENO)

  /// Writes one line; what cannot be written is lost.
  static func line(_ text: String) { send(visible(text) + "\n") }

  /// Writes a text of several lines; what cannot be written is lost.
  static func lines(_ text: String) { send(visible(text, keepingLines: true)) }

  /// Replaces the line that was written last by this function; on a terminal only.
  static func rewrite(_ text: String) { send("\r" + visible(text) + "\u{1B}[K") }

  /// Clears the rewritten line, so that what follows starts at the margin.
  static func clear() { send("\r\u{1B}[K") }

  private static func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    let start = ContinuousClock.now
    _ = stream.write(&rest) { ContinuousClock.now - start > .milliseconds(200) }
  }
}

/// A descriptor that is written to without ever blocking for longer than somebody is patient.
private struct OutgoingStream: Sendable {
  private let descriptor: Int32
  private static let stretch = 4096

  init(_ standard: Int32) {
    // A terminal says it has room for a line when it has room for a byte. Its own open file, so
    // that not waiting holds for nobody else.
    let own =
      isatty(standard) == 1
      ? open("/proc/self/fd/\(standard)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
    descriptor = own >= 0 ? own : standard
  }

  /// Writes all of `bytes`, taking away what went out; returns the error number that ended it.
  func write(_ bytes: inout ArraySlice<UInt8>, isGivenUp: () -> Bool) -> Int32? {
    while !bytes.isEmpty {
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&poller, 1, 100)
      if ready == 0 || ready < 0 && errno == EINTR {
        if isGivenUp() { return EAGAIN }
        continue
      }
      let part = bytes.prefix(Self.stretch)
      let count = part.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        if isGivenUp() { return EAGAIN }
        poll(nil, 0, 5)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
