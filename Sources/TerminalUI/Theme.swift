/// A role's colour at each tier; nil is the terminal's own.
package struct ThemeColor: Hashable, Sendable {
  /// Fixed palette index 16...255, which no terminal's user scheme recolours.
  package let indexed: UInt8?
  /// One of the sixteen colours.
  package let sixteen: UInt8?
  /// One of the eight colours.
  package let eight: UInt8?
  /// What stands for the colour when there is none.
  package let monochrome: TextAttributes

  package init(
    _ indexed: UInt8?, _ sixteen: UInt8?, _ eight: UInt8?, _ monochrome: TextAttributes = []
  ) {
    self.indexed = indexed
    self.sixteen = sixteen
    self.eight = eight
    self.monochrome = monochrome
  }

  package func index(at tier: ColorTier) -> UInt8? {
    switch tier {
    case .indexed: indexed
    case .sixteen: sixteen
    case .eight: eight
    case .monochrome: nil
    }
  }
}

/// A style as a terminal understands it; nil colours are the terminal's own.
package struct ResolvedStyle: Hashable, Sendable {
  package let foreground: UInt8?
  package let background: UInt8?
  package let attributes: TextAttributes
}

/// Colours for every role.
package struct Theme: Hashable, Sendable {
  package let name: String
  /// Indexed by `Role.rawValue`.
  private let colors: [ThemeColor]

  init(name: String, color: (Role) -> ThemeColor) {
    self.name = name
    colors = Role.allCases.map(color)
  }

  package subscript(role: Role) -> ThemeColor { colors[Int(role.rawValue)] }

  /// All themes, the default first; `t` cycles through them in this order.
  package static let all: [Theme] = [standard, highContrast, light]

  package static func named(_ name: String) -> Theme? {
    all.first { $0.name == name }
  }

  /// The theme after this one.
  package var next: Theme {
    let place = Theme.all.firstIndex { $0.name == name } ?? -1
    return Theme.all[(place + 1) % Theme.all.count]
  }

  /// The style in the colours of a tier.
  ///
  /// Without colours, a role's stand-in attributes apply: a selected row turns reverse.
  package func resolve(_ style: Style, at tier: ColorTier) -> ResolvedStyle {
    let (front, back) = (self[style.foreground], self[style.background])
    guard tier != .monochrome else {
      return ResolvedStyle(
        foreground: nil, background: nil,
        attributes: style.attributes.union(front.monochrome).union(back.monochrome))
    }
    return ResolvedStyle(
      foreground: front.index(at: tier), background: back.index(at: tier),
      attributes: style.attributes)
  }
}
