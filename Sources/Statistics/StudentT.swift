import RealModule

/// Student's t distribution with `degrees` > 0 degrees of freedom (Student, 1908).
package enum StudentT {
  /// `P(T ≤ x)`, accurate relative to its own size in the lower tail.
  package static func cumulative(_ x: Double, degrees: Double) -> Double {
    x <= 0 ? upperTail(-x, degrees: degrees) : 1 - upperTail(x, degrees: degrees)
  }

  /// `P(T > x) = ½ I_{ν/(ν+x²)}(ν/2, ½)` for `x ≥ 0`.
  package static func upperTail(_ x: Double, degrees: Double) -> Double {
    precondition(degrees > 0, "Student's t needs positive degrees of freedom")
    if x < 0 { return 1 - upperTail(-x, degrees: degrees) }
    if x.isInfinite { return 0 }
    let square = x * x
    return 0.5
      * IncompleteBeta.regularized(
        degrees / (degrees + square), a: degrees / 2, b: 0.5,
        complement: square / (degrees + square))
  }

  /// `P(|T| ≥ |x|)`, the two-sided p value.
  package static func twoSided(_ x: Double, degrees: Double) -> Double {
    min(1, 2 * upperTail(abs(x), degrees: degrees))
  }

  package static func density(_ x: Double, degrees: Double) -> Double {
    let logarithm =
      -IncompleteBeta.logBeta(degrees / 2, 0.5) - 0.5 * .log(degrees)
      - (degrees + 1) / 2 * .log(onePlus: x * x / degrees)
    return Double.exp(logarithm)
  }

  /// The `x` with `P(T ≤ x) = probability`; infinite at 0 and 1, NaN outside.
  package static func quantile(_ probability: Double, degrees: Double) -> Double {
    guard probability >= 0 && probability <= 1 else { return .nan }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    let end = RootFinding.bracketEnd { upperTail($0, degrees: degrees) <= tail }
    let magnitude = -RootFinding.invert(tail, in: -end...0, start: -end / 2) {
      (upperTail(-$0, degrees: degrees), density($0, degrees: degrees))
    }
    return probability < 0.5 ? -magnitude : magnitude
  }

  /// The half width, in standard errors, of a two-sided interval.
  package static func criticalValue(confidence: Double, degrees: Double) -> Double {
    quantile(0.5 + confidence / 2, degrees: degrees)
  }
}
