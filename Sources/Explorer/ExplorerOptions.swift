import RunModel
import TerminalUI

/// What the program around the explorer decided before the first frame.
package struct ExplorerOptions: Sendable {
  package var version: String
  package var glyphs: GlyphTier
  package var theme: Theme
  /// Whether clicks are wanted at the start; `M` changes it.
  package var mouse: Bool
  /// Whether `Effect.save` is answered; the key is not listed otherwise.
  package var canSave: Bool
  /// What `Effect.export` is answered for; the key is not listed when empty.
  package var exports: [ExportKind]
  package var framesPerSecond: Int
  /// Whether the explorer opens for an audience.
  package var presents: Bool

  package init(
    version: String, glyphs: GlyphTier = .braille, theme: Theme = .standard, mouse: Bool = true,
    canSave: Bool = true, exports: [ExportKind] = [], framesPerSecond: Int = 20,
    presents: Bool = false
  ) {
    self.version = version
    self.glyphs = glyphs
    self.theme = theme
    self.mouse = mouse
    self.canSave = canSave
    self.exports = exports
    self.framesPerSecond = framesPerSecond
    self.presents = presents
  }
}

/// A ready-made comparison that can be chosen from the list.
package struct PresetEntry: Sendable, Hashable {
  /// The name it is asked for by; title and description are in the configuration.
  package var name: String
  package var configuration: RunConfiguration

  package init(name: String, configuration: RunConfiguration) {
    self.name = name
    self.configuration = configuration
  }
}
