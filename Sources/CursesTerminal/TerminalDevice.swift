import Glibc

/// The descriptors of the user's terminal: the standard ones, or /dev/tty behind redirections.
struct TerminalDevice {
  let input: Int32
  let output: Int32

  /// - Throws: `TerminalUnavailable.noTerminal` without a controlling terminal.
  init() throws(TerminalUnavailable) {
    let (hasInput, hasOutput) = (isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1)
    if hasInput && hasOutput {
      (input, output) = (STDIN_FILENO, STDOUT_FILENO)
      return
    }
    let device = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard device >= 0 else { throw .noTerminal }
    input = hasInput ? STDIN_FILENO : device
    output = hasOutput ? STDOUT_FILENO : device
  }
}

/// Monotonic nanoseconds.
func monotonicNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

/// Processor time this thread has used, in nanoseconds.
func threadNanoseconds() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The value of an environment variable, if it is set.
func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
