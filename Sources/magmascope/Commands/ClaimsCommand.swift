import ArgumentParser
import Foundation
import Optimizers
import Presets
import RunModel
import Statistics
import Studies

/// `magmascope claims`: what people argue about, and what your own runs showed.
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Lists what is claimed about masked updates, by whom, and what your own runs showed.",
    discussion: """
      Nothing is called true or false: beside each claim stands what was seen in your own sweeps and \
      runs of its arms, at which size. Without directories the explorer's own are searched. JSON: \
      claims [{id, topic, claim, by, figure, for, against, test, decides, limit, commands, results \
      [{directory, setting, sentences}]}], sources.
      """)

  @Argument(help: "Directories to search: sweeps, runs, or directories of them.")
  var directories: [String] = []

  @Flag(help: "As JSON.")
  var json = false

  @Option(help: "Only the claim of this name.")
  var id: String?

  func run() throws {
    var ledger = try ClaimLedger.embedded()
    if let id {
      guard ledger.claims.contains(where: { $0.id == id }) else {
        throw RunError(
          .usage, "no claim '\(id)'" + suggestion(for: id, among: ledger.claims.map(\.id)),
          place: "--id", remedy: "magmascope claims lists them")
      }
      ledger.claims.removeAll { $0.id != id }
    }
    for path in directories where !FileManager.default.fileExists(atPath: path) {
      throw RunError(
        .usage, "there is no such directory", place: path,
        remedy: "give sweeps, runs, or directories of them")
    }
    let places = directories.isEmpty ? [UserDirectories.sweeps, UserDirectories.runs] : directories
    let evidence = OwnEvidence(places)
    let entries = ledger.claims.map { ClaimEntry($0, evidence.results(for: $0)) }
    let output = StandardOutput()
    guard json else { return try output.write(entries.map(\.text).joined(separator: "\n")) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let page = ClaimPage(claims: entries, sources: ledger.sources)
    try output.write(String(decoding: try encoder.encode(page), as: UTF8.self) + "\n")
  }
}

private struct ClaimPage: Encodable {
  var claims: [ClaimEntry]
  var sources: [String]
}

/// A claim with the user's own results beside it.
private struct ClaimEntry: Encodable {
  private enum CodingKeys: String, CodingKey { case results }

  var claim: ClaimLedger.Claim
  var results: [OwnResult]

  init(_ claim: ClaimLedger.Claim, _ results: [OwnResult]) {
    (self.claim, self.results) = (claim, results)
  }

  func encode(to encoder: any Encoder) throws {
    try claim.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(results, forKey: .results)
  }

  var text: String {
    let parts = [
      ("claimed by", claim.by), ("figure", claim.figure), ("for", claim.support),
      ("against", claim.against), ("test", claim.test), ("decides", claim.decides),
      ("limit", claim.limit),
    ]
    let own = results.flatMap { result in
      result.sentences.map { "  yours: \($0) (\(result.directory))\n" }
    }
    return "\(claim.id): \(claim.claim)\n"
      + parts.map { "  \($0.0): \($0.1)\n" }.joined()
      + (own.isEmpty ? "  yours: nothing run yet\n" : own.joined())
  }
}
