import RunModel
import Yams

/// What people claim about masked updates, with sources, and what tests it here (`presets/claims.yaml`).
package struct ClaimLedger: Sendable, Codable {
  /// One claim; texts are for people, `commands` for this program.
  package struct Claim: Sendable, Codable {
    package var id: String
    package var topic: String
    package var claim: String
    package var by: String
    package var figure: String
    package var support: String
    package var against: String
    package var test: String
    package var decides: String
    package var limit: String
    /// `sweep --arm ...`: what tests it here; none where nothing does yet.
    package var commands: [String]?

    private enum CodingKeys: String, CodingKey {
      case id, topic, claim, by, figure, support = "for", against, test, decides, limit, commands
    }
  }

  package var claims: [Claim]
  package var sources: [String]

  /// The ledger this program was built with.
  package static func embedded() throws(RunError) -> ClaimLedger {
    do {
      return try YAMLDecoder().decode(ClaimLedger.self, from: EmbeddedPresets.claims)
    } catch {
      throw .unexpected("cannot be read: \(error)", place: "presets/claims.yaml")
    }
  }
}

extension ClaimLedger.Claim {
  /// The arms, preset and workload that its commands ask for, command by command.
  package var tests: [ClaimTest] {
    (commands ?? []).flatMap { command in
      ClaimTest.bases(in: command).map { ClaimTest(command.replacing("BASE", with: $0)) }
    }
  }
}

/// What a command of the ledger trains, as far as it tells one experiment from another.
package struct ClaimTest: Sendable, Hashable {
  package var arms: [String] = []
  package var preset: String?
  package var workload: String?

  /// Reads the flags of a command as a shell splits them.
  package init(_ command: String) {
    let words = Self.words(command)
    for (word, value) in zip(words, words.dropFirst()) {
      switch word {
      case "--arm": arms.append(value)
      case "--preset": preset = value
      case "--workload": workload = value
      default: continue
      }
    }
  }

  /// A command about several bases stands for one of each.
  fileprivate static func bases(in command: String) -> [String] {
    command.contains("BASE") ? ["adam", "soap", "lion", "muon"] : [""]
  }

  /// The words of a command line; single quotes keep blanks and parentheses together.
  static func words(_ command: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    for character in command {
      if character == "'" {
        isQuoted.toggle()
        word = word ?? ""
      } else if character == " ", !isQuoted {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
