import RealModule

/// One-dimensional inversion of distribution functions.
enum RootFinding {
  /// The point where an increasing `function` reaches `target > 0`, by Newton on the logarithm.
  ///
  /// Logarithms keep the relative precision of small tails. `function` returns value and
  /// derivative; a step that leaves the bracket is replaced by a bisection.
  static func invert(
    _ target: Double, in bracket: ClosedRange<Double>, start: Double,
    _ function: (Double) -> (value: Double, derivative: Double)
  ) -> Double {
    var (low, high) = (bracket.lowerBound, bracket.upperBound)
    var x = start
    for _ in 0..<300 {
      let (value, derivative) = function(x)
      if value == target { return x }
      if value < target { low = x } else { high = x }
      let step = value * (Double.log(value) - Double.log(target)) / derivative
      var next = x - step
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if abs(next - x) <= 2 * x.ulp || next == low || next == high { return next }
      x = next
    }
    return x
  }

  /// Doubles `upper` from 1 until `isReached`, giving the end of a bracket.
  static func bracketEnd(_ isReached: (Double) -> Bool) -> Double {
    var upper = 1.0
    while upper < 1e300 && !isReached(upper) { upper *= 2 }
    return upper
  }
}
