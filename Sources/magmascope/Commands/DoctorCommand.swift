import ArgumentParser
import RunModel
import Studies

/// `magmascope doctor`: is this machine fit, and does the science hold on it?
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks this machine; with --science, the results as well.")

  @Flag(help: "Check that repeats, masks, nulls, gradients and verdicts are what they must be.")
  var science = false

  func run() throws {
    let checks = science ? MachineChecks.all + ScienceChecks.all : MachineChecks.all
    let failures = try SelfCheck.run(checks) { try StandardOutput().write($0) }
    guard failures > 0 else { return }
    throw RunError(
      .failure, "\(failures) of \(checks.count) checks failed", remedy: "see the lines with FAIL")
  }
}
