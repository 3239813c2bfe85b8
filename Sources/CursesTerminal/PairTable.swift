import CNCurses
import TerminalUI

/// Finds the attribute bits and the colour pair for styles, defining pairs as they are met.
@MainActor
struct PairTable {
  private let theme: Theme
  private let tier: ColorTier
  /// By foreground and background role; -1: not looked up yet.
  private var pairs: [Int16]
  private var attributes: [UInt16]
  private static let roles = Role.allCases.count

  init(theme: Theme, tier: ColorTier) {
    self.theme = theme
    self.tier = tier
    pairs = Array(repeating: -1, count: Self.roles * Self.roles)
    attributes = Array(repeating: 0, count: Self.roles * Self.roles)
  }

  /// The bits and the pair for a style.
  mutating func resolve(
    _ style: Style, registry: inout PairRegistry
  ) -> (attributes: UInt16, pair: UInt16) {
    let index = Int(style.foreground.rawValue) * Self.roles + Int(style.background.rawValue)
    if pairs[index] < 0 {
      let base = Style(style.foreground, on: style.background)
      let resolved = theme.resolve(base, at: tier)
      pairs[index] = Int16(registry.pair(resolved.foreground, resolved.background))
      attributes[index] = UInt16(resolved.attributes.rawValue)
    }
    return (attributes[index] | UInt16(style.attributes.rawValue), UInt16(pairs[index]))
  }
}

/// The colour pairs ncurses knows; shared by all themes, since pairs cannot be given back.
@MainActor
struct PairRegistry {
  private var known: [UInt32: Int] = [:]

  /// The number of a pair of colours (nil: the terminal's own); 0 when there is no room for more.
  mutating func pair(_ foreground: UInt8?, _ background: UInt8?) -> Int {
    guard foreground != nil || background != nil else { return 0 }
    let (front, back) = (foreground.map(Int32.init) ?? -1, background.map(Int32.init) ?? -1)
    let key = UInt32(front + 1) << 16 | UInt32(back + 1)
    if let number = known[key] { return number }
    let number = known.count + 1
    guard number < Int(Int16.max), mgs_define_pair(Int32(number), front, back) == 1 else {
      return 0
    }
    known[key] = number
    return number
  }
}
