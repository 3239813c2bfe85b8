/// Why the explorer cannot run on this terminal; the program then exits with 3.
package enum TerminalUnavailable: Error, Equatable, CustomStringConvertible {
  case noTerminal
  case unnamedTerminal
  case unknownTerminal(String)
  case noCursorMotion(String)
  case failed(String)

  package var description: String {
    switch self {
    case .noTerminal:
      "explore: needs a terminal and there is none (no /dev/tty); use 'magmascope train'"
    case .unnamedTerminal:
      "explore: TERM is not set; set it (for example TERM=xterm-256color) or use "
        + "'magmascope train'"
    case .unknownTerminal(let name):
      "explore: terminal type '\(name)' (TERM) is not known here; install its description "
        + "(ncurses-term), set TERM=xterm-256color, or use 'magmascope train'"
    case .noCursorMotion(let name):
      "explore: terminal type '\(name)' (TERM) cannot move its cursor; use 'magmascope train'"
    case .failed(let reason):
      "explore: the terminal could not be opened: \(reason); use 'magmascope train'"
    }
  }
}
