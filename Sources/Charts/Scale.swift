#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Maps the values of an axis onto [0, 1] and back.
package struct Scale: Sendable, Equatable {
  package enum Kind: Sendable, Equatable { case linear, logarithmic }

  package let kind: Kind
  package let lowerBound: Double
  package let upperBound: Double

  /// A scale over the values between the bounds, given in either order.
  ///
  /// Bounds that cannot span an axis (equal, not finite, not positive on a logarithmic one) are
  /// replaced or moved apart, so that every scale has a positive extent.
  package init(_ kind: Kind, from first: Double, to second: Double) {
    self.kind = kind
    let limit = Double.greatestFiniteMagnitude / 16
    let finite = [first, second].filter(\.isFinite).map { min(max($0, -limit), limit) }
    let usable = kind == .linear ? finite : finite.filter { $0 >= .leastNormalMagnitude }
    let (low, high) = (usable.min() ?? (kind == .linear ? 0 : 1), usable.max() ?? 1)
    (lowerBound, upperBound) = kind == .linear ? Self.apart(low, high) : Self.ratio(low, high)
  }

  /// The scale that just holds every usable one of `values`.
  package static func holding(_ values: some Sequence<Double>, _ kind: Kind) -> Scale {
    let usable = values.filter { $0.isFinite && (kind == .linear || $0 > 0) }
    return Scale(kind, from: usable.min() ?? .nan, to: usable.max() ?? .nan)
  }

  /// The same scale with `share` of its length added at either end.
  package func padded(by share: Double) -> Scale {
    Scale(kind, from: value(at: -share), to: value(at: 1 + share))
  }

  /// Where `value` lies: 0 at the lower bound, 1 at the upper, beyond for values outside.
  ///
  /// Nil for values that are not finite, or not positive on a logarithmic scale. Limited to
  /// ±1e6, so that arithmetic with positions stays exact enough to clip.
  package func position(of value: Double) -> Double? {
    guard value.isFinite, kind == .linear || value > 0 else { return nil }
    let (low, high) = (transformed(lowerBound), transformed(upperBound))
    return min(max((transformed(value) - low) / (high - low), -1e6), 1e6)
  }

  /// The value at `position` (0...1 within the axis).
  package func value(at position: Double) -> Double {
    switch kind {
    case .linear: return lowerBound * (1 - position) + upperBound * position
    case .logarithmic:
      return exp(log(lowerBound) * (1 - position) + log(upperBound) * position)
    }
  }

  package func contains(_ value: Double) -> Bool { lowerBound <= value && value <= upperBound }

  /// `count + 1` values that cut the axis into equal lengths, ascending.
  package func edges(count: Int) -> [Double] {
    guard count > 0 else { return [] }
    return (0...count).map {
      $0 == 0 ? lowerBound : $0 == count ? upperBound : value(at: Double($0) / Double(count))
    }
  }

  private func transformed(_ value: Double) -> Double {
    kind == .linear ? value : log(value)
  }

  private static func apart(_ low: Double, _ high: Double) -> (Double, Double) {
    let magnitude = max(low.magnitude, high.magnitude)
    guard high - low <= magnitude * 1e-12 else { return (low, high) }
    let margin = magnitude == 0 ? 1 : max(magnitude * 0.05, .leastNormalMagnitude)
    return (low - margin, high + margin)
  }

  private static func ratio(_ low: Double, _ high: Double) -> (Double, Double) {
    guard high <= low * (1 + 1e-9) else { return (low, high) }
    return (max(low / 2, .leastNormalMagnitude), high * 2)
  }
}
