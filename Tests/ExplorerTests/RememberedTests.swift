import Explorer
import TerminalUI
import Testing

/// What of the view the next start finds as it was left.
@Suite struct RememberedTests {
  private func changes(_ effects: [Effect]) -> [String: String]? {
    for effect in effects {
      if case .remember(let changes) = effect { return changes }
    }
    return nil
  }

  @Test(
    arguments: [
      ("t", "theme", "high-contrast"), ("M", "mouse", "false"), ("]", "smoothing", "strong"),
      ("[", "smoothing", "light"), ("x", "xAxis", "tokens"), ("X", "logX", "true"),
      ("y", "logY", "false"), ("g", "raw", "false"), ("o", "clipOutliers", "false"),
      ("b", "seeds", "seeds"), ("W", "window", "last"),
    ] as [(Character, String, String)])
  func aKeyIsRememberedAndTakenAgain(key: Character, name: String, word: String) throws {
    var state = try Fake.running()
    #expect(changes(reduce(&state, .key(.character(key)))) == [name: word])
    let setting = try #require(RememberedSetting.all.first { $0.name == name })
    #expect(setting.allowed.contains(word))
    // The next start: theme, glyphs and mouse come with the terminal, the rest is taken here.
    var next = try Fake.running()
    next.adopt([name: word])
    let again = changes(reduce(&next, .key(.character(key))))
    if ["theme", "mouse"].contains(name) {
      #expect(again == [name: word])
    } else {
      #expect(again?[name] != word)
    }
  }

  @Test func keysThatChangeNothingOfTheViewAreNotRemembered() throws {
    var state = try Fake.running()
    for key in "az?" { #expect(changes(reduce(&state, .key(.character(key)))) == nil) }
    // The end of the ladder: nothing changes any more.
    for _ in 0..<9 { _ = reduce(&state, .key(.character("["))) }
    #expect(changes(reduce(&state, .key(.character("[")))) == nil)
  }

  @Test func projectorModeAndItsThemeAreForTheAudienceOnly() throws {
    var state = try Fake.running()
    #expect(changes(state.presenting()) == nil)
    #expect(state.theme.name == "high-contrast")
    #expect(changes(reduce(&state, .key(.character("t")))) == nil)
    _ = state.presenting()
    #expect(state.theme == .standard)
  }

  @Test func theThemeFollowsTheBackgroundUnlessOneWasChosen() throws {
    var state = try Fake.running()
    #expect(reduce(&state, .background(isLight: false)).isEmpty && state.theme == .standard)
    #expect(reduce(&state, .background(isLight: true)).isEmpty && state.theme == .light)
    var chosen = try Fake.running()
    press(&chosen, "t")
    _ = reduce(&chosen, .background(isLight: true))
    #expect(chosen.theme == .highContrast)
    var presenting = try Fake.running()
    _ = presenting.presenting()
    _ = reduce(&presenting, .background(isLight: true))
    #expect(presenting.theme == .highContrast)
    _ = presenting.presenting()
    #expect(presenting.theme == .light)
  }

  @Test func namesAndWordsAreFitForAFile() {
    let names = RememberedSetting.all.map(\.name)
    #expect(Set(names).count == names.count)
    for setting in RememberedSetting.all {
      #expect(Set(setting.allowed).count == setting.allowed.count && setting.allowed.count > 1)
    }
  }
}

extension ExplorerState {
  /// `:present`
  fileprivate mutating func presenting() -> [Effect] {
    for key in ":present" { _ = reduce(&self, .key(.character(key))) }
    return reduce(&self, .key(.enter))
  }
}
