/// What a colour is for; a `Theme` decides which colour that is on the terminal at hand.
package enum Role: UInt8, Hashable, Sendable, CaseIterable {
  /// The terminal's own foreground or background.
  case standard
  case text, strong, muted, faint, title, accent, key
  case border, focusedBorder, grid, expectation, mark
  case good, warning, alert
  /// Backgrounds: header bars, the selected row, a focused field.
  case bar, selection, field
  /// Raster cells.
  case kept, masked, excluded
  /// One per arm; letters ride on the lines, so the hue is never the only cue.
  case lane1, lane2, lane3, lane4, lane5, lane6, lane7, lane8
  /// A sequential ramp from low to high.
  case heat1, heat2, heat3, heat4, heat5, heat6, heat7, heat8

  package static let lanes: [Role] = [
    .lane1, .lane2, .lane3, .lane4, .lane5, .lane6, .lane7, .lane8,
  ]
  package static let heat: [Role] = [
    .heat1, .heat2, .heat3, .heat4, .heat5, .heat6, .heat7, .heat8,
  ]

  /// The role of arm number `index` (from 0); they repeat after eight.
  package static func lane(_ index: Int) -> Role {
    lanes[((index % lanes.count) + lanes.count) % lanes.count]
  }

  /// The ramp's colour for a value in 0...1; values outside (and NaN) go to the nearest end.
  package static func heat(_ fraction: Double) -> Role {
    guard fraction > 0 else { return .heat1 }
    return heat[fraction < 1 ? Int(fraction * Double(heat.count)) : heat.count - 1]
  }
}

/// How letters are drawn besides their colour.
package struct TextAttributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = TextAttributes(rawValue: 1)
  package static let dim = TextAttributes(rawValue: 2)
  package static let reverse = TextAttributes(rawValue: 4)
  package static let underline = TextAttributes(rawValue: 8)
}

/// Foreground, background and attributes of a cell, in three bytes.
package struct Style: Hashable, Sendable {
  package var foreground: Role
  package var background: Role
  package var attributes: TextAttributes

  package init(
    _ foreground: Role = .standard, on background: Role = .standard,
    _ attributes: TextAttributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, no attributes.
  package static let plain = Style()

  package func with(_ attributes: TextAttributes) -> Style {
    Style(foreground, on: background, self.attributes.union(attributes))
  }

  package func on(_ background: Role) -> Style {
    Style(foreground, on: background, attributes)
  }
}
