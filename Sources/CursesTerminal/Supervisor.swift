import CNCurses
import Glibc

/// Two processes of one program: the parent owns the terminal's well-being, the child all else.
///
/// A process killed outright cannot tidy up after itself, so somebody else has to. Both are in
/// the same process group: the terminal's signals reach the child directly.
package enum Supervisor {
  private static let marker = "MAGMASCOPE_SUPERVISOR"

  /// In the process the user started: runs the child, and returns the status to exit with.
  /// In the child: returns nil at once. Call it before any thread exists.
  package static func run() -> Int32? {
    if isChild() { return nil }
    setenv(marker, String(getpid()), 1)
    // Read by Swift before main: a crash must neither ask for a key nor write colours.
    setenv("SWIFT_BACKTRACE", "interactive=no,color=no", 0)
    var deathSignal: Int32 = 0
    let status = withArguments { mgs_supervise(executablePath(), $0, terminal(), &deathSignal) }
    unsetenv(marker)
    // Better unsupervised than not at all.
    guard status >= 0 else { return nil }
    if deathSignal != 0 { report(deathSignal) }
    return status
  }

  private static func isChild() -> Bool {
    guard let value = environmentVariable(marker), let parent = Int32(value) else { return false }
    unsetenv(marker)
    return mgs_die_with_parent(parent) == 1
  }

  private static func report(_ signal: Int32) {
    guard ![SIGINT, SIGTERM, SIGHUP].contains(signal) else { return }
    let name = strsignal(signal).map { String(cString: $0) } ?? "unknown"
    let line = "magmascope: ended by signal \(signal) (\(name)); the terminal has been restored\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  private static func terminal() -> Int32 {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO] where isatty(descriptor) == 1 {
      return descriptor
    }
    return open("/dev/tty", O_RDWR | O_CLOEXEC)
  }

  private static func executablePath() -> String {
    var bytes = [CChar](repeating: 0, count: 4097)
    let length = readlink("/proc/self/exe", &bytes, bytes.count - 1)
    guard length > 0 else { return CommandLine.arguments.first ?? "magmascope" }
    return String(decoding: bytes[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func withArguments(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
    var pointers = CommandLine.arguments.map { strdup($0) }
    pointers.append(nil)
    defer { pointers.forEach { free($0) } }
    return body(pointers)
  }
}
