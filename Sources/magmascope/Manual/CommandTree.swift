import Foundation

/// The commands with their arguments, as the argument parser itself describes them.
///
/// Decoded from what `--experimental-dump-help` prints: the one place where every command, flag and
/// word of help stands together.
struct CommandTree: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool
  let defaultSubcommand: String?
  let aliases: [String]?
  private let subcommands: [CommandTree]?
  private let arguments: [Argument]?

  /// A flag, an option or a word in its place.
  struct Argument: Decodable, Hashable {
    let kind: Kind
    let abstract: String?
    let discussion: String?
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool
  }

  enum Kind: String, Decodable { case positional, option, flag }

  struct Name: Decodable, Hashable {
    let kind: String
    let name: String

    /// `--steps`, `-h`
    var spelling: String { (kind == "long" ? "--" : "-") + name }
  }

  /// The program as it is.
  static func program() throws -> CommandTree {
    struct Document: Decodable { let command: CommandTree }
    var description = ""
    do {
      _ = try Magmascope.parseAsRoot(["--experimental-dump-help"])
    } catch {
      description = Magmascope.message(for: error)
    }
    return try JSONDecoder().decode(Document.self, from: Data(description.utf8)).command
  }

  /// The commands below that people call; the parser's own `help` is every command's `--help`.
  var shown: [CommandTree] {
    (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
  }

  /// The command that stands for this one where none is named.
  var standIn: CommandTree? {
    (subcommands ?? []).first { $0.commandName == defaultSubcommand }
  }

  /// What may be written behind the command, `--help` and `--version` apart.
  var shownArguments: [Argument] {
    let own = (arguments ?? []).filter { $0.shouldDisplay && !$0.isOfEveryCommand }
    guard let standIn, !standIn.shouldDisplay else { return own }
    return own + standIn.shownArguments
  }
}

extension CommandTree.Argument {
  fileprivate var isOfEveryCommand: Bool {
    names?.contains { ["help", "version"].contains($0.name) } ?? false
  }

  /// What follows the name: a value, or nothing behind a flag.
  var value: String? {
    switch kind {
    case .flag: nil
    case .option, .positional: valueName ?? "value"
    }
  }
}
