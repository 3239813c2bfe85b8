/// `--color`: whether colours are used at all.
package enum ColorChoice: String, Hashable, Sendable, CaseIterable {
  case always, auto, never
}

/// What the user asked of the display; nil and `.auto` leave the decision to the terminal.
package struct DisplayOptions: Hashable, Sendable {
  /// nil: the finest tier the locale allows.
  package var glyphs: GlyphTier?
  package var color: ColorChoice
  package var framesPerSecond: Int
  package var mouse: Bool
  /// nil: the one that goes with the terminal's background.
  package var theme: String?
  /// Brackets each frame with mode 2026 so that terminals never show half of one.
  package var synchronizedOutput: Bool

  package init(
    glyphs: GlyphTier? = nil, color: ColorChoice = .auto, framesPerSecond: Int = 20,
    mouse: Bool = true, theme: String? = nil, synchronizedOutput: Bool = true
  ) {
    self.glyphs = glyphs
    self.color = color
    self.framesPerSecond = min(max(1, framesPerSecond), 120)
    self.mouse = mouse
    self.theme = theme
    self.synchronizedOutput = synchronizedOutput
  }

  /// The glyph tier: as asked, except that a locale without UTF-8 can only show ASCII.
  package func glyphTier(unicode: Bool) -> GlyphTier {
    unicode ? glyphs ?? .braille : .ascii
  }

  /// The colour tier by precedence: `--color`, `NO_COLOR`, `CLICOLOR_FORCE`, terminfo.
  ///
  /// Forcing colours onto a terminal that reports none assumes the eight that all have.
  package func colorTier(
    terminfoColors: Int, environment: (String) -> String?
  ) -> ColorTier {
    let reported = ColorTier(colors: terminfoColors)
    switch color {
    case .never: return .monochrome
    case .always: return max(reported, .eight)
    case .auto: break
    }
    if let value = environment("NO_COLOR"), !value.isEmpty { return .monochrome }
    if let value = environment("CLICOLOR_FORCE"), !value.isEmpty, value != "0" {
      return max(reported, .eight)
    }
    return reported
  }
}
