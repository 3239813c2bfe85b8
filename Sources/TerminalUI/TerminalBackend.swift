/// Number of colours, as tiers for which themes have tables.
package enum ColorTier: Int, Hashable, Sendable, CaseIterable, Comparable {
  case monochrome = 0
  case eight = 8
  case sixteen = 16
  case indexed = 256

  package static func < (left: ColorTier, right: ColorTier) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The best tier a terminal of this many colours supports.
  package init(colors: Int) {
    switch colors {
    case 256...: self = .indexed
    case 16...: self = .sixteen
    case 8...: self = .eight
    default: self = .monochrome
    }
  }
}

/// What the terminal at hand can show.
package struct TerminalCapabilities: Hashable, Sendable {
  package var colors: ColorTier
  /// The locale is UTF-8, so characters beyond ASCII arrive and depart whole.
  package var unicode: Bool
  package var glyphs: GlyphTier
  package var mouse: Bool

  package init(
    colors: ColorTier = .indexed, unicode: Bool = true, glyphs: GlyphTier = .braille,
    mouse: Bool = false
  ) {
    self.colors = colors
    self.unicode = unicode
    self.glyphs = glyphs
    self.mouse = mouse
  }
}

/// A place to show frames and to hear from the user.
@MainActor
package protocol TerminalBackend: AnyObject {
  var size: Size { get }
  var capabilities: TerminalCapabilities { get }

  /// Shows the frame, sending only what differs from the previous one.
  func present(_ frame: Frame)

  /// Everything typed since the last call; never waits.
  func readEvents() -> [InputEvent]
}
