import Logging
import RunModel

/// `--log-level L`, which every command takes in any place.
enum LogLevel {
  private static let flag = "--log-level"

  /// Sets up the log on stderr and returns the arguments without the flag.
  ///
  /// - Throws: `RunError(.usage)` for a level that does not exist.
  static func configure(from arguments: [String]) throws(RunError) -> [String] {
    var rest: [String] = []
    var level = Logger.Level.warning
    var remaining = arguments[...]
    while let argument = remaining.popFirst() {
      if argument == flag {
        level = try parse(remaining.popFirst() ?? "")
      } else if argument.hasPrefix(flag + "=") {
        level = try parse(String(argument.dropFirst(flag.count + 1)))
      } else {
        rest.append(argument)
      }
    }
    let chosen = level
    LoggingSystem.bootstrap { label in
      StandardErrorLog(label: label, logLevel: chosen)
    }
    return rest
  }

  private static func parse(_ text: String) throws(RunError) -> Logger.Level {
    if let level = Logger.Level(rawValue: text) { return level }
    let names = Logger.Level.allCases.map(\.rawValue)
    throw RunError(
      .usage, "unknown level '\(text)'" + suggestion(for: text, among: names), place: flag,
      remedy: "known: " + names.joined(separator: ", "))
  }
}

/// The log as lines of standard error.
private struct StandardErrorLog: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { StandardError.line("\(event.level) \(label): \(event.message)") }
}
