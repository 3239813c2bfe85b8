import Charts
import Metrics
import TerminalUI

/// One setting of the view that the next start finds as it was left.
///
/// One table says what is remembered, under which name, in which words; the file is read and written
/// by it.
package struct RememberedSetting: Sendable {
  package let name: String
  /// The words that may stand for a value.
  package let allowed: [String]
  /// The word for the present value.
  let word: @Sendable (ExplorerState) -> String
  /// Takes the value that a word stands for.
  private let adopt: @Sendable (String, inout ExplorerState) -> Void

  package static let all = [theme, glyphs, mouse] + curves + distributions

  /// What is settled with the terminal, before there is a state: `ExplorerOptions` has it already.
  private init(
    _ name: String, _ allowed: [String], word: @escaping @Sendable (ExplorerState) -> String
  ) {
    (self.name, self.allowed, self.word) = (name, allowed, word)
    adopt = { _, _ in }
  }

  private init<Value: Equatable & Sendable>(
    _ name: String, _ path: WritableKeyPath<ViewSettings, Value> & Sendable,
    _ words: [(word: String, value: Value)]
  ) {
    self.name = name
    allowed = words.map(\.word)
    word = { state in
      words.first { $0.value == state.settings[keyPath: path] }?.word ?? words[0].word
    }
    adopt = { word, state in
      guard let value = words.first(where: { $0.word == word })?.value else { return }
      state.settings[keyPath: path] = value
    }
  }

  private static let theme = RememberedSetting("theme", Theme.all.map(\.name)) {
    $0.options.theme.name
  }
  private static let glyphs = RememberedSetting("glyphs", GlyphTier.allCases.map(\.rawValue)) {
    $0.options.glyphs.rawValue
  }
  private static let mouse = RememberedSetting("mouse", ["true", "false"]) { "\($0.isMouseOn)" }

  private static let switches = [("true", true), ("false", false)]
  private static let curves = [
    RememberedSetting("smoothing", \.smoothing, SmoothingLevel.allCases.map { ("\($0)", $0) }),
    RememberedSetting("xAxis", \.axis, AxisKind.allCases.map { ($0.word, $0) }),
    RememberedSetting("logX", \.isLogX, switches),
    RememberedSetting("logY", \.isLogY, switches),
    RememberedSetting("raw", \.showsRaw, switches),
    RememberedSetting("clipOutliers", \.clipsOutliers, switches),
    RememberedSetting("seeds", \.spread, Spread.allCases.map { ("\($0)", $0) }),
  ]
  private static let distributions = [
    RememberedSetting("window", \.window, TallyWindow.allCases.map { ($0.word, $0) })
  ]

  fileprivate func take(_ word: String, into state: inout ExplorerState) { adopt(word, &state) }
}

extension ExplorerState {
  /// Takes what was remembered, by name; the terminal's part is in the options already.
  package mutating func adopt(_ remembered: [String: String]) {
    for setting in RememberedSetting.all {
      if let word = remembered[setting.name] { setting.take(word, into: &self) }
    }
  }

  /// Does something the user asked for; what it changes of the remembered settings is to be kept.
  mutating func remembering(_ body: (inout ExplorerState) -> [Effect]) -> [Effect] {
    let before = RememberedSetting.all.map { $0.word(self) }
    let effects = body(&self)
    var changed: [String: String] = [:]
    for (setting, old) in zip(RememberedSetting.all, before) {
      let now = setting.word(self)
      if now != old { changed[setting.name] = now }
    }
    return changed.isEmpty ? effects : effects + [.remember(changed)]
  }

  /// Another theme: for the audience only while there is one, else for good.
  mutating func choose(_ theme: Theme) {
    isThemeChosen = true
    self.theme = theme
    if settings.audience == .desk { options.theme = theme }
  }

  /// The theme for the terminal's background, unless one was chosen meanwhile; not remembered.
  mutating func follow(isLight: Bool) {
    guard !isThemeChosen, isLight else { return }
    options.theme = .light
    if settings.audience == .desk { theme = .light }
  }
}
