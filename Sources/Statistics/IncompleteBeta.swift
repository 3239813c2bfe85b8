import RealModule

/// The beta function and its regularized incomplete integral, the root of every tail in here.
package enum IncompleteBeta {
  /// `ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b)`.
  package static func logBeta(_ a: Double, _ b: Double) -> Double {
    Double.logGamma(a) + Double.logGamma(b) - Double.logGamma(a + b)
  }

  /// `I_x(a, b)`, the share of a Beta(a, b) variable below `x`, for `a, b > 0`.
  ///
  /// `complement` is `1 − x`; pass it when it is known more exactly than the subtraction gives it.
  /// Continued fraction (DLMF 8.17.22), evaluated on the side of the mean where it converges fast.
  package static func regularized(
    _ x: Double, a: Double, b: Double, complement: Double? = nil
  ) -> Double {
    precondition(a > 0 && b > 0, "the shapes of a beta distribution are positive")
    let y = complement ?? 1 - x
    if x.isNaN { return .nan }
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    if x > (a + 1) / (a + b + 2) {
      return 1 - leading(y, x, a: b, b: a) / continuedFraction(y, a: b, b: a)
    }
    return leading(x, y, a: a, b: b) / continuedFraction(x, a: a, b: b)
  }

  /// The density of Beta(a, b) at `x`, with `complement = 1 − x`.
  package static func density(_ x: Double, a: Double, b: Double, complement: Double) -> Double {
    Double.exp((a - 1) * .log(x) + (b - 1) * .log(complement) - logBeta(a, b))
  }

  /// The `x` with `I_x(a, b) = probability`.
  package static func quantile(_ probability: Double, a: Double, b: Double) -> Double {
    if probability <= 0 { return 0 }
    if probability >= 1 { return 1 }
    return RootFinding.invert(probability, in: 0...1, start: a / (a + b)) { x in
      (regularized(x, a: a, b: b), density(x, a: a, b: b, complement: 1 - x))
    }
  }

  /// `xᵃ yᵇ / (a B(a, b))`, the factor before the fraction.
  private static func leading(_ x: Double, _ y: Double, a: Double, b: Double) -> Double {
    Double.exp(a * .log(x) + b * .log(y) - logBeta(a, b)) / a
  }

  /// `1 + d₁/(1 + d₂/(1 + …))` by the modified Lentz recurrence.
  private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
    let tiny = 1e-300
    var value = 1.0
    var numerator = 1.0
    var denominator = 0.0
    for term in 1...20_000 {
      let coefficient = partialNumerator(term, x, a: a, b: b)
      denominator = 1 + coefficient * denominator
      if abs(denominator) < tiny { denominator = tiny }
      denominator = 1 / denominator
      numerator = 1 + coefficient / numerator
      if abs(numerator) < tiny { numerator = tiny }
      let factor = numerator * denominator
      value *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return value
  }

  private static func partialNumerator(
    _ term: Int, _ x: Double, a: Double, b: Double
  ) -> Double {
    let m = Double(term / 2)
    if term.isMultiple(of: 2) {
      return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    }
    return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
  }
}
