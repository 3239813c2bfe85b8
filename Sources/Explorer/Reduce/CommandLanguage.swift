import Charts
import RunModel
import TerminalUI

/// The words of the `:` line, one table for parsing, completion and help.
package enum CommandLanguage {
  package struct Word: Sendable {
    package let name: String
    package let argument: String
    package let help: String
  }

  package static func words(_ options: ExplorerOptions) -> [Word] {
    var words = [
      Word(name: "step", argument: "N", help: "train N steps, then pause"),
      Word(name: "set", argument: "KEY VALUE", help: "turn a knob: set mask .3"),
      Word(name: "lr", argument: "RATE", help: "short for set lr RATE; any knob works so"),
      Word(name: "preset", argument: "NAME", help: "start a ready-made comparison"),
      Word(
        name: "probe", argument: "KIND",
        help: "measure curvature, proposition1, sharpness or gradientNoise at the shown step; "
          + "KIND:50: every 50 steps to come; KIND A..B every N: along the past, computed again"),
      Word(
        name: "sweep", argument: "GRID",
        help: "tune every arm on a grid, then judge: sweep lr=1e-4..1e-2:5 tuning=3 judging=8 "
          + "steps=200 out=DIR; alone: a form; also sweep pause, resume, stop, open DIR"),
      Word(name: "lesson", argument: "NAME", help: "play a lesson; alone: the list of lessons"),
      Word(name: "goto", argument: "STEP", help: "freeze all panels at a step"),
      Word(
        name: "rewind", argument: "STEP", help: "take the run back to a step (alone: the shown one)"
      ),
      Word(
        name: "fork", argument: "STEP",
        help: "a run of its own from a step on (alone: the shown one); an arm with another "
          + "optimizer: fork 60 m=magma(muon)"),
      Word(name: "undo", argument: "", help: "back to just before the last live change"),
      Word(name: "mark", argument: "TEXT", help: "write a mark on the charts"),
      Word(name: "axis", argument: "KIND", help: "step, tokens, cpu or wall"),
      Word(name: "theme", argument: "NAME", help: "colours"),
      Word(
        name: "open", argument: "DIR",
        help: "show a kept run, and go on with it if it has not ended"),
      Word(name: "watch", argument: "DIR", help: "look at a run that another process trains"),
      Word(name: "model", argument: "SIZE", help: "the comparison with nano, micro, tiny or small"),
      Word(name: "precision", argument: "KIND", help: "the comparison in fp32 or bf16 products"),
      Word(name: "seeds", argument: "N", help: "the comparison on N paired seeds"),
      Word(name: "steps", argument: "N", help: "the comparison over N steps"),
      Word(name: "text", argument: "PATH", help: "the comparison on a text of your own"),
      Word(
        name: "arm", argument: "SPEC",
        help: "add an arm: arm magma(muon); set one: arm m tau=1; remove one: arm k off"),
      Word(name: "glyphs", argument: "KIND", help: "braille, block or ascii"),
      Word(name: "command", argument: "", help: "the exact line that reproduces this run"),
      Word(
        name: "sample", argument: "PROMPT",
        help: "what the models write: same prompt (alone: none), same draws"),
      Word(name: "judge", argument: "", help: "six fresh paired seeds with the matched control"),
      Word(
        name: "present", argument: "", help: "projector mode: few panels, large digits; or end it"),
      Word(name: "window", argument: "KIND", help: "distributions: start, last or cursor"),
      Word(name: "pause", argument: "", help: "wait"),
      Word(name: "resume", argument: "", help: "continue"),
      Word(name: "restart", argument: "", help: "from step 0, same seeds"),
      Word(name: "new", argument: "", help: "the set-up form"),
      Word(name: "help", argument: "", help: "all keys"),
      Word(name: "q", argument: "", help: "quit"),
    ]
    if options.canSave {
      words.append(Word(name: "w", argument: "NAME", help: "keep the run under a name, for good"))
    }
    if !options.exports.isEmpty {
      words.append(Word(name: "e", argument: "KIND", help: "export the run"))
    }
    return words
  }
}

extension ExplorerState {
  mutating func type(_ key: Key, into line: CommandLine) -> [Effect] {
    var line = line
    switch key {
    case .escape:
      modal = nil
      return []
    case .enter:
      modal = nil
      return execute(line)
    case .character(":") where line.error != nil:
      modal = .command(CommandLine())
      return []
    case .tab:
      line.editor.replace(with: completed(line.editor.text))
    case .backspace where line.editor.text.isEmpty:
      modal = nil
      return []
    default: _ = line.editor.handle(key)
    }
    line.error = nil
    modal = .command(line)
    return []
  }

  private mutating func execute(_ line: CommandLine) -> [Effect] {
    let parts = line.editor.text.split(separator: " ", maxSplits: 1).map(String.init)
    guard let word = parts.first else { return [] }
    let argument = parts.count > 1 ? parts[1].trimmingBlanks : ""
    if let effects = execute(word, argument) { return effects }
    let failure = failureText(word, argument)
    var failed = line
    failed.error = failure
    modal = .command(failed)
    return []
  }

  /// Runs a command; nil when it is unknown or its argument is not understood.
  private mutating func execute(_ word: String, _ argument: String) -> [Effect]? {
    switch word {
    case "step": return Int(argument).flatMap { $0 > 0 ? step($0) : nil }
    case "set":
      let parts = argument.split(whereSeparator: { $0 == " " || $0 == "=" }).map(String.init)
      return parts.count == 2 ? set(key: parts[0], text: parts[1]) : nil
    case "preset": return presets.first { $0.name == argument }.map { start($0) }
    case "probe": return probe(argument)
    case "sweep": return sweep(argument)
    case "lesson": return openLesson(named: argument)
    case "goto":
      guard let step = Int(argument) else { return nil }
      goTo(step: step)
      return []
    case "rewind":
      guard let step = argument.isEmpty ? shownStep : Int(argument) else { return nil }
      return askToBranch(.rewind(step: step))
    case "fork": return fork(argument)
    case "undo": return askToUndo()
    case "mark":
      return mark(argument.isEmpty ? "mark" : argument)
    case "axis":
      guard let axis = AxisKind.allCases.first(where: { $0.word == argument }) else { return nil }
      settings.axis = axis
      return []
    case "theme":
      guard let theme = Theme.named(argument) else { return nil }
      choose(theme)
      return [.redraw]
    case "pause", "resume":
      guard !history.phase.isOver else { return [] }
      isPauseWanted = word == "pause"
      return [.command(isPauseWanted ? .pause : .resume)]
    case "model": return setModel(argument)
    case "precision": return setPrecision(argument)
    case "seeds": return setSeeds(argument)
    case "steps": return setSteps(argument)
    case "text": return setText(argument)
    case "arm": return arm(argument)
    case "glyphs": return setGlyphs(argument)
    case "command": return showCommand()
    case "sample": return sample(argument)
    case "judge": return judge()
    case "present": return present()
    case "window":
      guard let window = TallyWindow.allCases.first(where: { $0.word == argument }) else {
        return nil
      }
      settings.window = window
      return []
    case "restart": return perform(.restart)
    case "new": return perform(.newComparison)
    case "help": return perform(.help)
    case "q", "quit": return quit()
    case "w" where options.canSave:
      return [.save(name: argument.isEmpty ? live.configuration.title : argument)]
    case "open", "watch":
      guard !argument.isEmpty else { return nil }
      return look(at: argument, isWatching: word == "watch")
    case "e" where !options.exports.isEmpty:
      return options.exports.first { $0.rawValue == argument }.map { [.export($0)] }
    default: return argument.isEmpty ? nil : set(key: word, text: argument)
    }
  }

  private mutating func set(key: String, text: String) -> [Effect]? {
    guard let place = knobs.firstIndex(where: { $0.setting.key == key }) else { return nil }
    let knob = knobs[place]
    guard !refusesInThePast() else { return [] }
    guard let value = knob.setting.value(from: text) else { return nil }
    self.knob = place
    return set(knob, to: value)
  }

  private func failureText(_ word: String, _ argument: String) -> String {
    let words = CommandLanguage.words(options)
    if let knob = knobs.first(where: { $0.setting.key == word }) {
      return "\(word) wants \(knob.setting.allowed)"
    }
    guard let known = words.first(where: { $0.name == word }) else {
      let names = words.map(\.name) + knobs.map(\.setting.key)
      return "unknown command '\(word)'" + suggestion(for: word, among: names)
    }
    if word == "preset" {
      return "unknown preset '\(argument)'" + suggestion(for: argument, among: presets.map(\.name))
    }
    if word == "set", let key = argument.split(separator: " ").first.map(String.init),
      let knob = knobs.first(where: { $0.setting.key == key })
    {
      return "\(key) wants \(knob.setting.allowed)"
    }
    if word == "sweep" { return Self.sweepForms }
    if word == "probe" { return Self.probeForms }
    if word == "fork" { return forkProblem(argument) }
    return "usage: :\(known.name) \(known.argument)"
  }

  /// What may stand at the end of a command line.
  func completions(_ text: String) -> [String] {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let last = parts.last ?? ""
    let candidates: [String]
    if parts.count <= 1 {
      candidates = CommandLanguage.words(options).map(\.name) + knobs.map(\.setting.key)
    } else {
      candidates = arguments(of: parts[0], count: parts.count - 1)
    }
    var seen: Set<String> = []
    return candidates.filter { $0.hasPrefix(last) && seen.insert($0).inserted }
  }

  private func arguments(of word: String, count: Int) -> [String] {
    guard count == 1 else { return [] }
    switch word {
    case "set": return knobs.map(\.setting.key)
    case "preset": return presets.map(\.name)
    case "axis": return AxisKind.allCases.map(\.word)
    case "model": return ModelSize.allCases.map(\.rawValue)
    case "precision": return ModelConfiguration.Precision.allCases.map(\.rawValue)
    case "glyphs": return GlyphTier.allCases.map(\.rawValue)
    case "window": return TallyWindow.allCases.map(\.word)
    case "arm": return draft.lanes.map(\.letter)
    case "probe": return ProbeKind.allCases.map(\.rawValue)
    case "lesson": return lessons.lessons.map(\.name)
    case "sweep": return ["lr=", "pause", "resume", "stop", "open"]
    case "theme": return Theme.all.map(\.name)
    case "e": return options.exports.map(\.rawValue)
    default: return []
    }
  }

  /// The line with its last word completed as far as that is certain.
  func completed(_ text: String) -> String {
    let found = completions(text)
    guard let first = found.first else { return text }
    let last = text.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    var shared = first
    for candidate in found { shared = shared.sharedPrefix(with: candidate) }
    let completed = text.dropLast(last.count) + shared
    return found.count == 1 ? completed + " " : String(completed)
  }
}

extension AxisKind {
  /// What the kind is called where people write it.
  var word: String {
    switch self {
    case .step: "step"
    case .tokens: "tokens"
    case .cpuSeconds: "cpu"
    case .wallSeconds: "wall"
    }
  }
}

extension String {
  var trimmingBlanks: String {
    var rest = Substring(self)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  fileprivate func sharedPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
