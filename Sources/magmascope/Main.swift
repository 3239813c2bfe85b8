import ArgumentParser
import Foundation
import RunModel
import TensorKernels

/// Parses the arguments, runs the command, and turns every error into one line and an exit code.
@main
enum Main {
  @MainActor
  static func main() {
    Subnormals.flushToZero()
    do {
      let arguments = try LogLevel.configure(from: Array(CommandLine.arguments.dropFirst()))
      try KernelChoice.check()
      var command = try Magmascope.parseAsRoot(arguments)
      try command.run()
    } catch let error as RunError {
      fail(error)
    } catch let error as InterruptedRun {
      exit(error.exitCode)
    } catch {
      report(error)
    }
  }

  /// Help and version are answers and go to stdout; anything else is the user's mistake: exit 2.
  private static func report(_ error: any Error) -> Never {
    let code = Magmascope.exitCode(for: error)
    let message = Magmascope.message(for: error)
    guard code != .success else {
      do {
        try StandardOutput().write(message + "\n")
      } catch {
        fail(error)
      }
      exit(0)
    }
    if case .some(let silent) = error as? ExitCode { exit(silent.rawValue) }
    let line = message.split(separator: "\n").joined(separator: " ")
    Diagnostics.say(line + " (see magmascope --help)")
    exit(2)
  }

  private static func fail(_ error: RunError) -> Never {
    // A pipe that was closed on purpose (head) is no news.
    if error.category != .readerGone { Diagnostics.say(error.description) }
    exit(error.exitCode)
  }
}

/// A run that a signal ended after it was saved: 129, 130 or 143.
struct InterruptedRun: Error {
  var exitCode: Int32
}
