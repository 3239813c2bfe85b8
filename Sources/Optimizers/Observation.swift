/// Where an optimizer measures an alignment that its own steps do not need.
package enum Observation: Sendable, Hashable {
  case everywhere
  /// Where a mask is at work, not elsewhere.
  case masked
  case nowhere

  func looks(atMasked isMasked: Bool) -> Bool {
    switch self {
    case .everywhere: true
    case .masked: isMasked
    case .nowhere: false
    }
  }
}
