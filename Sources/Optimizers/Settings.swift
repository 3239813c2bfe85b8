import RealModule
import RunModel

/// Typed access to the settings of one arm; every key of the catalog is present.
struct Settings: Sendable {
  var values: [String: SettingValue]

  /// The number `key` is set to.
  func number(_ key: String) -> Double {
    guard let number = values[key]?.number else {
      preconditionFailure("the catalog has no number '\(key)'")
    }
    return number
  }

  func integer(_ key: String) -> Int { Int(number(key)) }

  func flag(_ key: String) -> Bool {
    guard let flag = values[key]?.flag else {
      preconditionFailure("the catalog has no switch '\(key)'")
    }
    return flag
  }

  func text(_ key: String) -> String {
    guard let text = values[key]?.text else {
      preconditionFailure("the catalog has no choice '\(key)'")
    }
    return text
  }

  func optionalNumber(_ key: String) -> Double? { values[key]?.number }
}

/// An exponential average's decay, with its complement taken in double precision before rounding.
struct Decay: Sendable {
  let beta: Double
  /// β and 1 − β as the loops use them.
  let kept: Float
  let fresh: Float

  init(_ beta: Double) {
    self.beta = beta
    kept = Float(beta)
    fresh = Float(1 - beta)
  }

  /// `1 − βᵗ`, what an average started at zero has to be divided by.
  func bias(_ update: Int) -> Double { 1 - power(beta, update) }
}

/// `baseᵉ` for a whole exponent, by repeated squaring.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}

/// `base^exponent` for a positive base and any exponent.
func realPower(_ base: Double, _ exponent: Double) -> Double { Double.pow(base, exponent) }
