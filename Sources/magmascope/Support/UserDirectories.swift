import Foundation

/// Where the user's files go, by the XDG base directory rules.
enum UserDirectories {
  /// `$XDG_DATA_HOME/magmascope/runs`.
  static var runs: String {
    base("XDG_DATA_HOME", fallback: ".local/share") + "/magmascope/runs"
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
