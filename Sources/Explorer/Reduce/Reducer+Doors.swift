import RunModel
import TerminalUI

/// What the command line changes of the whole comparison: it starts anew with the change.
extension ExplorerState {
  /// `:model tiny`.
  mutating func setModel(_ argument: String) -> [Effect]? {
    guard let size = ModelSize(rawValue: argument), draft.descriptor.isLanguage else { return nil }
    var next = draft
    let family = (next.model.architecture, next.model.head, next.model.precision)
    next.model = ModelConfiguration(size: size)
    (next.model.architecture, next.model.head, next.model.precision) = family
    return startAnew(next, "model \(argument)")
  }

  /// `:precision bf16`.
  mutating func setPrecision(_ argument: String) -> [Effect]? {
    guard let precision = ModelConfiguration.Precision(rawValue: argument),
      draft.descriptor.isLanguage
    else { return nil }
    var next = draft
    next.model.precision = precision
    return startAnew(next, "\(argument) products")
  }

  /// `:seeds 6`.
  mutating func setSeeds(_ argument: String) -> [Effect]? {
    guard let count = Int(argument), (1...64).contains(count) else { return nil }
    var next = draft
    next.seeds = count
    return startAnew(next, "\(count) paired seeds")
  }

  /// `:steps 2000`.
  mutating func setSteps(_ argument: String) -> [Effect]? {
    guard let count = Int(argument), (1...10_000_000).contains(count) else { return nil }
    var next = draft
    next.steps = count
    return startAnew(next, "\(count) steps")
  }

  /// `:text PATH`.
  mutating func setText(_ argument: String) -> [Effect]? {
    guard !argument.isEmpty, draft.descriptor.isLanguage else { return nil }
    var next = draft
    next.data = .file(argument)
    return startAnew(next, "the text \(argument)")
  }

  /// `:arm magma(muon)` adds one, `:arm m tau=1` sets one, `:arm k off` removes one.
  mutating func arm(_ argument: String) -> [Effect]? {
    let words = argument.split(separator: " ", maxSplits: 1).map(String.init)
    guard let first = words.first else { return nil }
    guard let place = draft.lanes.firstIndex(where: { $0.letter == first }) else {
      guard words.count == 1, let added = try? ArmGrammar(catalog: catalog).parse(first) else {
        return nil
      }
      guard place.directory == nil || live.step == 0 else {
        return askToBranch(.join(added, step: live.step))
      }
      var next = draft
      next.arms.append(added)
      next.letters = []
      return startAnew(next, "arm \(added.text) added")
    }
    guard words.count == 2 else { return nil }
    if words[1].trimmingBlanks == "off" {
      guard draft.arms.count > 1 else { return nil }
      var next = draft
      next.arms.remove(at: place)
      next.letters = []
      return startAnew(next, "arm \(first) removed")
    }
    return set(words[1], ofArm: place)
  }

  /// Settings of one arm as the grammar writes them: `tau=1,mask=.3`.
  private mutating func set(_ text: String, ofArm place: Int) -> [Effect]? {
    guard !refusesInThePast() else { return [] }
    let specification = draft.arms[place]
    let known = catalog.settings(base: specification.base, wrapper: specification.wrapper)
    let pairs = text.split { $0 == "," || $0 == " " }.map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    var changes: [(setting: Hyperparameter, value: SettingValue)] = []
    for pair in pairs {
      guard pair.count == 2, let setting = known.first(where: { $0.key == pair[0] }),
        let value = setting.value(from: pair[1])
      else { return nil }
      changes.append((setting, value))
    }
    guard !changes.isEmpty else { return nil }
    turningKey = changes.last?.setting.key
    for change in changes {
      draft.arms[place] = draft.arms[place].setting(change.setting.key, to: change.value)
    }
    let live = changes.filter(\.setting.isLive)
    guard live.count == changes.count, !history.phase.isOver, self.live.arms.indices.contains(place)
    else {
      say("\(draft.lanes[place].letter) \(text): R reruns with it")
      return []
    }
    say("\(draft.lanes[place].letter) \(text) from the next step on (R reruns clean)")
    let id = self.live.arms[place].id
    return live.map { .command(.set(arm: id, key: $0.setting.key, value: $0.value)) }
  }

  /// `:glyphs ascii`.
  mutating func setGlyphs(_ argument: String) -> [Effect]? {
    guard let tier = GlyphTier(rawValue: argument) else { return nil }
    options.glyphs = tier
    return [.redraw]
  }

  /// `:command`: the line that trains what trains here, shown and copied.
  mutating func showCommand() -> [Effect] {
    let text = CommandText(configuration, presets: presets).text
    let isChanged = RunCourse(configuration, journal: live.journal) != RunCourse(configuration)
    modal = .note(
      title: isChanged
        ? "trains this run as it began: live changes are not in it"
        : "the command that reproduces this run", text: text, offset: 0)
    return [.copy(text)]
  }

  /// `:sample`, `:sample once upon`: lets the newest kept model of every arm write.
  mutating func sample(_ prompt: String) -> [Effect] {
    guard live.configuration.descriptor.isLanguage, let directory = place.directory else {
      say("only language models that are recorded can write", isAlert: true)
      return []
    }
    say("the models write ...", seconds: 60)
    return [.sample(directory: directory, prompt: prompt, run: runNumber)]
  }

  mutating func show(_ texts: [ModelText]) {
    message = nil
    guard !texts.isEmpty else {
      return say("no model has been kept yet: the first evaluation keeps one", isAlert: true)
    }
    // Whoever has begun something else in the meantime is not interrupted.
    guard modal == nil else { return say("the texts are ready: :sample shows them") }
    let text = texts.map { "\($0.letter) \($0.name), step \($0.step)\n\($0.text)\n" }
    modal = .note(
      title: "what the models write: same prompt, same draws", text: text.joined(separator: "\n"),
      offset: 0)
  }

  /// Begins a comparison and says so.
  private mutating func startAnew(_ next: RunConfiguration, _ what: String) -> [Effect] {
    let effects = begin(next.claimingNoMore(than: draft))
    say("\(what): started anew")
    return effects
  }
}
