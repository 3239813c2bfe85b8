import RunModel

/// One check of the program or the machine: what it is called and what it found.
package struct SelfCheck {
  /// What a check came to.
  package enum Finding: Equatable, Sendable {
    case fine(String)
    case bad(String)
  }

  package var name: String
  package var examine: () throws -> Finding

  package init(_ name: String, _ examine: @escaping () throws -> Finding) {
    (self.name, self.examine) = (name, examine)
  }

  /// A check that is fine when `isFine`, with the same words either way.
  package init(_ name: String, isFine: @escaping () throws -> (Bool, String)) {
    self.init(name) {
      let (isFine, detail) = try isFine()
      return isFine ? .fine(detail) : .bad(detail)
    }
  }

  /// Runs `checks` in order, telling one line each: `ok    name: detail` or `FAIL  name: detail`.
  ///
  /// - Returns: the number that failed; one that throws has failed with its error.
  package static func run(_ checks: [SelfCheck], tell: (String) throws -> Void) rethrows -> Int {
    var failures = 0
    for check in checks {
      let finding: Finding
      do {
        finding = try check.examine()
      } catch {
        finding = .bad("\(error)")
      }
      switch finding {
      case .fine(let detail): try tell("ok    \(check.name): \(detail)\n")
      case .bad(let detail):
        failures += 1
        try tell("FAIL  \(check.name): \(detail)\n")
      }
    }
    return failures
  }
}
