import TerminalUI
import Testing

@Suite struct ThemeTests {
  @Test(arguments: Theme.all)
  func everyColourIsWithinItsTier(theme: Theme) {
    for role in Role.allCases {
      let color = theme[role]
      // The first sixteen belong to the user's own scheme.
      #expect(color.indexed.map { $0 >= 16 } ?? true)
      #expect(color.sixteen.map { $0 < 16 } ?? true)
      #expect(color.eight.map { $0 < 8 } ?? true)
    }
  }

  @Test(arguments: Theme.all)
  func lanesDifferFromEachOtherAndNeverContrastRedWithGreen(theme: Theme) {
    #expect(Set(Role.lanes.map { theme[$0].indexed }).count == Role.lanes.count)
    for role in Role.lanes {
      #expect(![1, 2].contains(theme[role].eight))
      #expect(![1, 2, 9, 10].contains(theme[role].sixteen))
    }
    for tier in [ColorTier.eight, .sixteen, .indexed] {
      #expect(theme[.lane1].index(at: tier) != theme[.lane2].index(at: tier))
    }
  }

  @Test(arguments: Theme.all)
  func withoutColoursTheSelectionStillShows(theme: Theme) {
    let style = theme.resolve(Style(.text, on: .selection), at: .monochrome)
    #expect(style.foreground == nil && style.background == nil)
    #expect(style.attributes.contains(.reverse))
  }

  @Test func themesAreFoundByNameAndCycle() {
    #expect(Theme.named("light") == .light)
    #expect(Theme.named("nonesuch") == nil)
    var theme = Theme.standard
    for _ in Theme.all { theme = theme.next }
    #expect(theme == .standard)
  }

  @Test func heatGoesFromLowToHighAndSurvivesAnything() {
    #expect(Role.heat(0) == .heat1)
    #expect(Role.heat(0.999) == .heat8)
    #expect(Role.heat(7) == .heat8)
    #expect(Role.heat(.nan) == .heat1)
    #expect(Role.heat(-.infinity) == .heat1)
    #expect(Role.lane(-1) == .lane8)
    #expect(Role.lane(9) == .lane2)
  }
}

@Suite struct DisplayOptionsTests {
  @Test(
    arguments: [
      (ColorChoice.auto, [:], 256, ColorTier.indexed),
      (.auto, [:], 8, .eight), (.auto, [:], 0, .monochrome), (.auto, [:], 16, .sixteen),
      (.auto, ["NO_COLOR": "1"], 256, .monochrome),
      (.auto, ["NO_COLOR": ""], 256, .indexed),
      (.auto, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], 256, .monochrome),
      (.auto, ["CLICOLOR_FORCE": "1"], 0, .eight),
      (.auto, ["CLICOLOR_FORCE": "0"], 0, .monochrome),
      (.always, ["NO_COLOR": "1"], 256, .indexed),
      (.always, [:], 0, .eight),
      (.never, ["CLICOLOR_FORCE": "1"], 256, .monochrome),
    ] as [(ColorChoice, [String: String], Int, ColorTier)])
  func colourIsDecidedInTheOrderOfPrecedence(
    choice: ColorChoice, environment: [String: String], colors: Int, expected: ColorTier
  ) {
    let options = DisplayOptions(color: choice)
    #expect(options.colorTier(terminfoColors: colors) { environment[$0] } == expected)
  }

  @Test func withoutUTF8OnlyASCIIIsLeft() {
    #expect(DisplayOptions(glyphs: .braille).glyphTier(unicode: false) == .ascii)
    #expect(DisplayOptions().glyphTier(unicode: true) == .braille)
    #expect(DisplayOptions(glyphs: .block).glyphTier(unicode: true) == .block)
  }
}
