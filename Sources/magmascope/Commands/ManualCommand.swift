import ArgumentParser
import Explorer

/// `magmascope manual`: the manual page, and the completions of shells.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Prints the manual page, or a shell's completions.",
    discussion: """
      magmascope manual | man -l - reads it; scripts/manual writes all of it to share.
      """)

  @Option(help: "Completions for bash, zsh or fish instead.")
  var completions: CompletionShell?

  func run() throws {
    if let completions {
      return try StandardOutput().write(Magmascope.completionScript(for: completions) + "\n")
    }
    let options = ExplorerOptions(
      version: Magmascope.version, exports: ExplorerSession.exports)
    try StandardOutput().write(
      ManualPage(tree: try CommandTree.program(), options: options).text())
  }
}

extension CompletionShell: @retroactive ExpressibleByArgument {}
