import Explorer
import RunModel

/// The manual page: what the program says of itself, in the order of man-pages(7).
///
/// Commands come from the argument parser, keys from the table that dispatches them, exit codes from
/// the errors: nothing here can say what the program does not do.
struct ManualPage {
  private let tree: CommandTree
  private let options: ExplorerOptions
  /// Arguments that several commands take; described once.
  private let shared: [CommandTree.Argument]
  private var page = ManualText()

  init(tree: CommandTree, options: ExplorerOptions) {
    (self.tree, self.options) = (tree, options)
    shared = Self.shared(of: tree)
  }

  /// The page in the macros of man(7).
  func text() -> String {
    var writer = self
    writer.write()
    return writer.page.text
  }

  private mutating func write() {
    page.title(tree.commandName, section: 1, source: "magmascope \(options.version)")
    page.section("Name")
    page.line(
      "\(tree.commandName) - compare optimizers that mask their updates, live in a terminal")
    page.section("Synopsis")
    page.synopsis(["magmascope"], "[DIR] [option ...]")
    page.synopsis(["magmascope"], "command [option ...]")
    page.section("Description")
    page.paragraph(tree.abstract ?? "")
    page.paragraph(tree.discussion ?? "")
    page.section("Commands")
    for command in tree.shown { write(command, path: [tree.commandName]) }
    page.section("Options of several commands")
    for argument in shared { write(argument) }
    page.entry(["--help", "-h"], nil, "Show help for the program or for a command.")
    page.entry(["--version"], nil, "Show the version.")
    writeExplorer()
    page.section("Panels of the explorer")
    for panel in PanelTable.all {
      let unit = panel.unit.isEmpty ? "" : " (\(panel.unit))"
      page.entry([panel.title + unit], nil, panel.explanation.joined(separator: " "))
    }
    writeSurroundings()
  }

  // MARK: Commands

  /// Options that three or more commands take with the same meaning, in the order they are met.
  private static func shared(of tree: CommandTree) -> [CommandTree.Argument] {
    func all(_ tree: CommandTree) -> [CommandTree.Argument] {
      tree.shown.flatMap { $0.shownArguments + all($0) }
    }
    var (order, count): ([CommandTree.Argument], [CommandTree.Argument: Int]) = ([], [:])
    for argument in all(tree) where argument.kind != .positional {
      if count[argument] == nil { order.append(argument) }
      count[argument, default: 0] += 1
    }
    return order.filter { count[$0, default: 0] >= 3 }
  }

  private mutating func write(_ command: CommandTree, path: [String]) {
    let path = path + [command.commandName]
    let arguments = command.shownArguments
    page.subsection(path.joined(separator: " "))
    page.synopsis(path, Self.synopsis(arguments))
    page.paragraph(command.abstract ?? "")
    page.paragraph((command.discussion ?? command.standIn?.discussion) ?? "")
    if let aliases = command.aliases, !aliases.isEmpty {
      page.paragraph("Also: " + aliases.joined(separator: ", ") + ".")
    }
    for argument in arguments where !shared.contains(argument) { write(argument) }
    let common = arguments.filter(shared.contains).compactMap { $0.names?.first?.spelling }
    if !common.isEmpty {
      page.paragraph("Options of several commands: " + common.joined(separator: ", ") + ".")
    }
    for deeper in command.shown { write(deeper, path: path) }
  }

  private static func synopsis(_ arguments: [CommandTree.Argument]) -> String {
    var words = arguments.filter { $0.kind == .positional }.map { argument in
      let word = (argument.value ?? "") + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(word)]" : word
    }
    if arguments.contains(where: { $0.kind != .positional }) { words.append("[option ...]") }
    return words.joined(separator: " ")
  }

  private mutating func write(_ argument: CommandTree.Argument) {
    var help = argument.abstract ?? ""
    if let discussion = argument.discussion, !discussion.isEmpty { help += " " + discussion }
    if let values = argument.allValues, !values.allSatisfy(help.contains) {
      help += " One of \(values.joined(separator: ", "))."
    }
    if let value = argument.defaultValue, argument.kind != .flag, !help.contains("default") {
      help += " Default: \(value)."
    }
    if argument.isRepeating, !help.contains("repeat") { help += " May be repeated." }
    page.entry((argument.names ?? []).map(\.spelling), argument.value, help)
  }

  // MARK: The explorer

  private mutating func writeExplorer() {
    page.section("Keys of the explorer")
    let bindings = KeyTable.offered(options)
    for group in KeyGroup.allCases {
      page.subsection(group.rawValue)
      for row in bindings where row.group == group { page.entry([row.shown], nil, row.help) }
    }
    page.subsection("In lists and forms")
    for (keys, help) in HelpText.lists { page.entry([keys], nil, help) }
    page.section("Command line of the explorer")
    page.paragraph("The key : opens it, Tab completes, Enter does it, Esc leaves.")
    for word in CommandLanguage.words(options) {
      page.entry([":" + word.name], word.argument.isEmpty ? nil : word.argument, word.help)
    }
  }

  // MARK: What is around the program

  private mutating func writeSurroundings() {
    page.section("Files")
    for (name, help) in Self.files { page.entry([name], nil, help) }
    page.paragraph("Settings that are remembered, and the words that may stand for them:")
    for setting in RememberedSetting.all {
      page.entry([setting.name], nil, setting.allowed.joined(separator: ", "))
    }
    page.section("Environment")
    for (name, help) in Self.environment { page.entry([name], nil, help) }
    page.section("Exit status")
    for (code, help) in Self.exitCodes { page.entry(["\(code)"], nil, help) }
    page.section("Examples")
    for (line, help) in Self.examples { page.example(line, help) }
    page.section("Further reading")
    page.paragraph(
      "SkipUpdate and Magma: arXiv:2602.15322. Every optimizer with its settings and its paper: "
        + "magmascope optimizers. The ready-made comparisons: magmascope presets list.")
  }

  private static let files = [
    (
      "$XDG_CONFIG_HOME/magmascope/settings.yaml",
      "How the explorer was looked at last. Written when a key changes it; a flag wins over it, "
        + "--defaults ignores it. A mistake in it is said with its line, and it is left alone."
    ),
    ("$XDG_CONFIG_HOME/magmascope/presets/NAME.yaml", "Presets of your own."),
    ("$XDG_DATA_HOME/magmascope/runs", "The runs of the explorer, each a directory."),
    ("$XDG_DATA_HOME/magmascope/sweeps", "The sweeps begun in the explorer."),
    ("$XDG_STATE_HOME/magmascope/lessons.json", "How far lessons have come."),
    ("$XDG_CACHE_HOME/magmascope", "What is slow to prepare: texts, vocabularies, tokens."),
  ]

  private static let environment = [
    (
      "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME",
      "Where files go; ~/.config, ~/.local/share, ~/.local/state and ~/.cache where they are not set."
    ),
    ("TERM", "The terminal, as terminfo knows it."),
    ("LC_ALL, LC_CTYPE, LANG", "A locale without UTF-8 is shown ASCII."),
    ("NO_COLOR", "No colours, when it is not empty. --color wins."),
    ("CLICOLOR_FORCE", "Colours even where the terminal reports none. --color and NO_COLOR win."),
  ]

  private static let exitCodes: [(Int, String)] = [
    (0, "Done, or left by q."),
    (
      code(.failure),
      "A run failed: every arm diverged, or what it needs from the system was refused."
    ),
    (code(.usage), "The command line was not understood, or names something unknown."),
    (code(.terminal), "The terminal cannot show the explorer."),
    (code(.input), "A preset, text, run or checkpoint cannot be read."),
    (code(.terminalGone), "The terminal went away; the run was saved."),
    (130, "Interrupted (SIGINT); the run was saved."),
    (code(.readerGone), "Whoever read the output has gone."),
    (143, "Ended by SIGTERM; the run was saved."),
  ]

  private static func code(_ category: RunError.Category) -> Int {
    Int(category.exitCode)
  }

  private static let examples = [
    ("magmascope", "The default comparison, running."),
    ("magmascope --continue", "Goes on with the newest run."),
    (
      "magmascope train --arm adam:lr=1e-3 --arm 'magma(adam):lr=1e-3' --steps 2000 --out runs/first",
      "Without a screen."
    ),
    ("magmascope screen runs/first --at 300 --size 80x24", "A frame of it as text."),
    (
      "magmascope sweep --preset first-look --grid lr=1e-4..1e-2:7 --out sweeps/lr",
      "Tunes every arm, then judges."
    ),
  ]
}
