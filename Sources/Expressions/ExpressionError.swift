/// What is wrong with an expression, and where.
package struct ExpressionError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Reason: Equatable, Sendable {
    case empty
    case tooLong(limit: Int)
    case tooDeep(limit: Int)
    case unexpectedCharacter(String)
    case unexpected(found: String, wanted: String)
    case unknownName(String, suggestion: String?)
    case unknownFunction(String, suggestion: String?)
    case unknownDomain(String, function: String, suggestion: String?)
    case wrongCount(function: String, wanted: String, found: Int)
    case notANumber(String)
    /// What an average over time stands in, where it has no memory of its own.
    case averageInside(String)
  }

  package var reason: Reason
  /// 1-based column of the first character meant, and how many there are.
  package var column: Int
  package var length: Int

  package init(_ reason: Reason, column: Int, length: Int = 1) {
    self.reason = reason
    self.column = column
    self.length = length
  }

  package var description: String { "column \(column): \(problem)" }

  /// The mistake without its place.
  package var problem: String {
    switch reason {
    case .empty: "the expression is empty"
    case .tooLong(let limit): "the expression is longer than \(limit) characters"
    case .tooDeep(let limit): "parentheses and signs nest deeper than \(limit)"
    case .unexpectedCharacter(let text): "'\(text)' has no meaning here"
    case .unexpected(let found, let wanted): "found \(found) where \(wanted) is wanted"
    case .unknownName(let name, let near): "unknown name '\(name)'" + Self.asked(near)
    case .unknownFunction(let name, let near): "unknown function '\(name)'" + Self.asked(near)
    case .unknownDomain(let name, let function, let near):
      "\(function) knows no '\(name)' to run over" + Self.asked(near)
    case .wrongCount(let function, let wanted, let found):
      "\(function) takes \(wanted), not \(found)"
    case .notANumber(let text): "'\(text)' is not a number"
    case .averageInside(let place): "ema remembers one number, and \(place) has many"
    }
  }

  private static func asked(_ suggestion: String?) -> String {
    suggestion.map { " (did you mean '\($0)'?)" } ?? ""
  }
}
