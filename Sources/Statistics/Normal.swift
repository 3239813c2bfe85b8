import RealModule

/// The standard normal distribution.
package enum Normal {
  /// `φ(x) = exp(−x²/2) / √(2π)`.
  package static func density(_ x: Double) -> Double {
    Double.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
  }

  /// `Φ(x)`, accurate relative to its own size in the lower tail.
  package static func cumulative(_ x: Double) -> Double {
    0.5 * Double.erfc(-x / 2.0.squareRoot())
  }

  /// The `x` with `Φ(x) = probability`; infinite at 0 and 1, NaN outside.
  package static func quantile(_ probability: Double) -> Double {
    guard probability >= 0 && probability <= 1 else { return .nan }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    let start = -(-2 * Double.log(tail)).squareRoot() / 1.2
    let x = RootFinding.invert(tail, in: -40...0, start: start) { (cumulative($0), density($0)) }
    return probability < 0.5 ? x : -x
  }
}
