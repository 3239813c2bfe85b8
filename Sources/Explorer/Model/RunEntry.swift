import RunModel

/// A kept run as the list of runs shows it.
package struct RunEntry: Sendable, Hashable {
  package var directory: String
  /// The name a person gave it, else that of its directory.
  package var name: String
  package var isNamed: Bool
  package var configuration: RunConfiguration
  /// `training`, `paused`, `finished`, `interrupted`, ...
  package var outcome: String
  package var step: Int
  /// Seconds since something was last written.
  package var age: Double
  /// Validation losses of the arms' first seed, in the arms' order.
  package var losses: [[Double]]
  /// The run and step it was branched off.
  package var origin: Origin?

  /// A step of another run, by the name of that run's directory.
  package struct Origin: Sendable, Hashable {
    package let run: String
    package let step: Int

    package init(run: String, step: Int) { (self.run, self.step) = (run, step) }
  }

  package init(
    directory: String, name: String, isNamed: Bool, configuration: RunConfiguration,
    outcome: String, step: Int, age: Double, losses: [[Double]], origin: Origin?
  ) {
    self.directory = directory
    self.name = name
    self.isNamed = isNamed
    self.configuration = configuration
    self.outcome = outcome
    self.step = step
    self.age = age
    self.losses = losses
    self.origin = origin
  }

  /// The least validation loss that any arm reached.
  var bestLoss: Double? { losses.joined().filter(\.isFinite).min() }

  /// The name that forks know the run by.
  var label: String { directory.split(separator: "/").last.map(String.init) ?? directory }

  /// What a filter's words are looked for in.
  fileprivate var text: String {
    let arms = configuration.arms.map(\.text).joined(separator: " ")
    return "\(name) \(configuration.title) \(configuration.workload) \(arms) \(outcome)"
      .lowercased()
  }
}

/// What the `/` line of the list of runs lets through: every word must hold.
///
/// `lr>1e-3` and its like ask whether an arm's setting is so, `size:tiny` for a model size, `masked`
/// for an arm with a mask; any other word is looked for in names, arms and outcome.
struct RunFilter {
  private let words: [String]

  init(_ text: String) { words = text.lowercased().split(separator: " ").map(String.init) }

  func lets(_ run: RunEntry) -> Bool { words.allSatisfy { holds($0, of: run) } }

  private func holds(_ word: String, of run: RunEntry) -> Bool {
    if word == "masked" { return run.configuration.arms.contains { $0.wrapper != nil } }
    if word.hasPrefix("size:") {
      return run.configuration.model.size?.rawValue == String(word.dropFirst("size:".count))
    }
    guard let place = word.firstIndex(where: { "<>=".contains($0) }),
      let limit = Double(word[word.index(after: place)...])
    else { return run.text.mentions(word) }
    let key = word[..<place]
    return run.configuration.arms.contains { arm in
      arm.values.contains { name, value in
        guard name.lowercased() == key, let number = value.number else { return false }
        return word[place] == ">"
          ? number > limit
          : word[place] == "<"
            ? number < limit
            : number == limit
      }
    }
  }
}
