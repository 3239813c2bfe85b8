import RealModule

/// Student's t shifted by a true effect: what decides the power of a t test.
package enum NoncentralT {
  /// `P(T ≤ x)` for `T = (Z + shift) / √(χ²_ν / ν)`.
  ///
  /// `∫ Φ(x·s − shift) f(s) ds` over the density of `s = √(χ²_ν/ν)`. With `s = eᵘ` the integrand is
  /// smooth and vanishes at both ends, so the trapezoid rule converges geometrically.
  package static func cumulative(_ x: Double, degrees: Double, shift: Double) -> Double {
    precondition(degrees > 0, "the noncentral t needs positive degrees of freedom")
    let half = degrees / 2
    let normalizer = Double.log(2) + half * .log(half) - Double.logGamma(half)
    let spread = 1 / (2 * degrees).squareRoot()
    let (start, end) = (-40 / degrees - 10 * spread, min(12 * spread, 3.5))
    let points = max(200, Int(((end - start) / (0.1 * spread)).rounded(.up)))
    let width = (end - start) / Double(points)
    var total = 0.0
    for index in 0...points {
      let u = start + width * Double(index)
      let scale = Double.exp(u)
      let logDensity = normalizer + degrees * u - half * scale * scale
      total += Normal.cumulative(x * scale - shift) * Double.exp(logDensity)
    }
    return total * width
  }

  /// Power of a two-sided one-sample t test with `count` values and `effect` = mean / sd.
  package static func power(count: Double, effect: Double, alpha: Double) -> Double {
    let degrees = count - 1
    let critical = StudentT.quantile(1 - alpha / 2, degrees: degrees)
    let shift = effect * count.squareRoot()
    return 1 - cumulative(critical, degrees: degrees, shift: shift)
      + cumulative(-critical, degrees: degrees, shift: shift)
  }
}
