import Foundation
import RunModel
import Studies

/// Where the user's files go, by the XDG base directory rules.
enum UserDirectories {
  /// `$XDG_DATA_HOME/magmascope/runs`.
  static var runs: String {
    base("XDG_DATA_HOME", fallback: ".local/share") + "/magmascope/runs"
  }

  /// `$XDG_CONFIG_HOME/magmascope/settings.yaml`: how the explorer was looked at last.
  static var settings: String {
    base("XDG_CONFIG_HOME", fallback: ".config") + "/magmascope/settings.yaml"
  }

  /// `$XDG_STATE_HOME/magmascope/lessons.json`: how far lessons have come.
  static var lessonProgress: String {
    base("XDG_STATE_HOME", fallback: ".local/state") + "/magmascope/lessons.json"
  }

  /// `$XDG_DATA_HOME/magmascope/sweeps`.
  static var sweeps: String {
    base("XDG_DATA_HOME", fallback: ".local/share") + "/magmascope/sweeps"
  }

  /// A name for a new sweep's directory: when, and over what.
  static func newSweep(_ plan: SweepPlan) -> String {
    "\(sweeps)/\(timeStamp())-" + plan.axes.map(\.key).joined(separator: "-")
  }

  /// The directory of the sweep begun last.
  static func newestSweep() throws -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sweeps)) ?? []
    guard let last = names.filter({ !$0.hasPrefix(".") }).max() else {
      throw RunError(
        .input, "no sweep is kept yet", place: sweeps, remedy: "start one, or :sweep open DIR")
    }
    return "\(sweeps)/\(last)"
  }

  private static func base(_ variable: String, fallback: String) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment[variable], path.hasPrefix("/") { return path }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/" + fallback
  }

  /// `20260102-030405-678`, sortable and unlikely to repeat.
  static func timeStamp() -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss-SSS"
    return formatter.string(from: Date())
  }
}
