import ArgumentParser
import RunModel
import TerminalUI

/// The flags that choose how the explorer looks.
struct DisplayFlags: ParsableArguments {
  @Option(help: "Glyphs: braille, block or ascii (default: the finest the locale allows).")
  var glyphs: GlyphTier?

  @Option(help: "Colours: always, auto or never. Beats NO_COLOR and CLICOLOR_FORCE.")
  var color: ColorChoice = .auto

  @Option(help: "Maximum frames per second, 1 to 120; keys are answered at once.")
  var fps = 20

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Flag(help: "For an audience: few panels, thick lines, large digits, high contrast.")
  var present = false

  @Option(
    help: "Theme: \(Theme.all.map(\.name).joined(separator: ", ")) (default: as remembered).")
  var theme: String?

  @Flag(help: "Begin with the settings of the program, and remember none.")
  var defaults = false

  @Option(help: "Write frame and latency figures to this file at exit.")
  var stats: String?

  /// Dies on purpose, to test that the terminal survives it.
  @Option(help: .hidden)
  var crashTest: String?

  /// What the flags ask for.
  func options() throws(RunError) -> DisplayOptions {
    guard (1...120).contains(fps) else {
      throw RunError(.usage, "\(fps) is out of range", place: "--fps", remedy: "allowed: 1..120")
    }
    if let theme, Theme.named(theme) == nil {
      let names = Theme.all.map(\.name)
      throw RunError(
        .usage, "unknown theme '\(theme)'" + suggestion(for: theme, among: names),
        place: "--theme", remedy: "known: " + names.joined(separator: ", "))
    }
    return DisplayOptions(
      glyphs: glyphs, color: color, framesPerSecond: fps, mouse: !noMouse, theme: theme)
  }
}

extension DisplayOptions {
  /// Completed by what is remembered: a flag wins.
  mutating func complete(by remembered: [String: String]) {
    glyphs = glyphs ?? remembered["glyphs"].flatMap(GlyphTier.init(rawValue:))
    theme = theme ?? remembered["theme"]
    if remembered["mouse"] == "false" { mouse = false }
  }
}

extension GlyphTier: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}
