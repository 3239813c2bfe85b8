/// A mistake the user can mend: what happened, where, and what to do. One line on stderr.
package struct RunError: Error, Equatable, CustomStringConvertible {
  /// Which exit code the mistake leads to.
  package enum Category: Sendable, Equatable {
    /// 1: a run failed (every arm diverged, disk, internal).
    case failure
    /// 2: usage, an unknown name.
    case usage
    /// 3: the terminal cannot show the explorer.
    case terminal
    /// 4: bad preset, data or checkpoint file.
    case input
    /// 4: a file that a later program wrote.
    case newer
    /// 141, without a word: who read our output has gone, and nothing else is kept.
    case readerGone
    /// 129: the terminal has gone.
    case terminalGone

    package var exitCode: Int32 {
      switch self {
      case .failure: 1
      case .usage: 2
      case .terminal: 3
      case .input, .newer: 4
      case .readerGone: 141
      case .terminalGone: 129
      }
    }
  }

  package var category: Category
  package var message: String
  /// `file:line` or flag; empty when the message says it.
  package var place: String
  package var remedy: String

  /// - Parameter remedy: what to do, always said; a place may be added by who knows it (`placed`).
  package init(_ category: Category, _ message: String, place: String = "", remedy: String) {
    self.category = category
    self.message = message
    self.place = place
    self.remedy = remedy
  }

  /// What no input should lead to.
  package static func unexpected(_ message: String, place: String = "") -> RunError {
    RunError(
      .failure, message, place: place,
      remedy: "this is a mistake of the program: report it with the command that led to it")
  }

  /// The mistake itself, or an error of another kind as an unexpected one.
  package static func wrapping(_ error: any Error) -> RunError {
    error as? RunError ?? unexpected("\(error)")
  }

  /// A file of a later program may hold what this one would overlook.
  package static func newerFormat(_ format: Int, known: Int, place: String) -> RunError {
    RunError(
      .newer, "is of format \(format), this program knows \(known)", place: place,
      remedy: "use a newer magmascope")
  }

  /// The mistake as told by who knows where it was made; a place that is named already stays.
  package func placed(at place: String) -> RunError {
    guard self.place.isEmpty else { return self }
    return RunError(category, message, place: place, remedy: remedy)
  }

  package var exitCode: Int32 { category.exitCode }

  /// Safe to show: whatever control characters it carries are visible escapes.
  package var description: String {
    visible((place.isEmpty ? "" : place + ": ") + message + (remedy.isEmpty ? "" : "; " + remedy))
  }
}

/// What `make` gives, or its mistake as one made at `place`.
package func placing<Value>(
  at place: String, _ make: () throws(RunError) -> Value
) throws(RunError) -> Value {
  do throws(RunError) {
    return try make()
  } catch {
    throw error.placed(at: place)
  }
}
