import CNCurses
import Glibc
import TerminalUI

/// The pipe into which the signals the program answers itself are written.
@MainActor
package struct TerminalSignals {
  let descriptor: Int32

  /// Takes over INT TERM HUP TSTP WINCH CONT; before the terminal is opened, since ncurses
  /// takes only what is still free.
  package static func install() -> TerminalSignals {
    TerminalSignals(descriptor: mgs_signal_pipe())
  }

  /// The user asked (nohup) that the program outlive its terminal: `.detached` means go on then,
  /// and otherwise the same as `.signal(.hangup)`.
  package static var hangupIsIgnored: Bool { mgs_hangup_is_ignored() == 1 }

  /// Keeps those signals away from the calling thread and from all it starts; call it before
  /// any other thread is created.
  package nonisolated static func block() { mgs_block_signals() }

  /// Lets them through to the main thread again, once the others have been started or as soon
  /// as they block for themselves.
  package static func unblock() { mgs_unblock_signals() }
}

/// Deliberate ends, for testing that the terminal survives them.
package enum CrashTest: String, CaseIterable, Sendable {
  case trap, segv, quit

  package func perform() {
    switch self {
    case .trap: mgs_crash(CChar(UInt8(ascii: "t")))
    case .segv: mgs_crash(CChar(UInt8(ascii: "s")))
    case .quit: mgs_crash(CChar(UInt8(ascii: "q")))
    }
  }
}

extension EventLoop {
  func handleSignals(_ handlers: Handlers, from descriptor: Int32) {
    let numbers = drain(descriptor).map(Int32.init)
    for (number, signal) in Self.endings where numbers.contains(number) {
      handlers.onEvent(.signal(signal))
      pacer.invalidate(urgently: true)
    }
    guard !isDetached else { return }
    if numbers.contains(SIGTSTP) {
      handlers.onEvent(.signal(.suspend))
      terminal.suspend()
      mgs_stop_self()
      comeBack(handlers)
    } else if numbers.contains(SIGCONT), monotonicNanoseconds() - lastReturn > 500_000_000 {
      // Stopped by someone else. The signal that ended our own stop is no news.
      comeBack(handlers)
    }
    if numbers.contains(SIGWINCH) { resize(handlers) }
  }

  private static let endings: [(Int32, TerminalSignal)] = [
    (SIGINT, .interrupt), (SIGTERM, .terminate), (SIGHUP, .hangup),
  ]

  private func comeBack(_ handlers: Handlers) {
    lastReturn = monotonicNanoseconds()
    terminal.resume()
    terminal.forgetAcknowledgements()
    handlers.onEvent(.resumed)
    handlers.onEvent(.resize(terminal.size))
    pacer.invalidate(urgently: true)
  }

  private func resize(_ handlers: Handlers) {
    let before = terminal.size
    terminal.updateSize()
    guard terminal.size != before else { return }
    handlers.onEvent(.resize(terminal.size))
    pacer.invalidate(urgently: true)
  }
}
