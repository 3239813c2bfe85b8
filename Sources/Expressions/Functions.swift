/// Elementary functions in double precision, within two units of the last place, without a library.
enum Elementary {
  private static let logTwoHigh = 0.693147180369123816490
  private static let logTwoLow = 1.90821492927058770002e-10

  /// `eˣ` by reduction to |r| ≤ ½ log 2 and its series.
  static func exponential(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    guard x < 709.79 else { return .infinity }
    guard x > -745.2 else { return 0 }
    let n = (x * 1.44269504088896340736).rounded()
    let r = (x - n * logTwoHigh) - n * logTwoLow
    var sum = 1.0
    for divisor in stride(from: 14.0, through: 1, by: -1) { sum = 1 + r / divisor * sum }
    return Double(sign: .plus, exponent: Int(n), significand: sum)
  }

  /// Natural logarithm: `x = m·2ᵉ`, `log m = 2·artanh((m − 1)/(m + 1))`.
  static func logarithm(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x.isFinite else { return x }
    var (m, e) = (x.significand, Double(x.exponent))
    if m > 1.4142135623730951 { (m, e) = (m / 2, e + 1) }
    let f = (m - 1) / (m + 1)
    let square = f * f
    var tail = 0.0
    for divisor in stride(from: 23.0, through: 3, by: -2) { tail = square * (tail + 1 / divisor) }
    return e * logTwoHigh + (2 * f + (2 * f * tail + e * logTwoLow))
  }

  /// `xʸ`; whole exponents by repeated squaring, others for positive x.
  static func power(_ x: Double, _ y: Double) -> Double {
    if y == 0.5 { return x.squareRoot() }
    guard y.rounded() == y, abs(y) <= 1024 else { return exponential(y * logarithm(x)) }
    var (result, factor, rest) = (1.0, x, Int(abs(y)))
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return y < 0 ? 1 / result : result
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }

  static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x.isNaN ? x : 0 }
}

/// An operation on the top of the stack.
package enum Operation: UInt8, Sendable, Hashable, CaseIterable {
  case negate, not, abs, sqrt, exp, log, sigmoid, sign
  case add, subtract, multiply, divide, power
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, and, or, min, max
  case clamp, choose

  /// How many values it takes off the stack.
  var arity: Int {
    switch self {
    case .negate, .not, .abs, .sqrt, .exp, .log, .sigmoid, .sign: 1
    case .add, .subtract, .multiply, .divide, .power, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .equal, .notEqual, .and, .or, .min, .max:
      2
    case .clamp, .choose: 3
    }
  }

  /// Whether the result is always 0 or 1.
  var isTruth: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .and, .or, .not: true
    case .negate, .abs, .sqrt, .exp, .log, .sigmoid, .sign, .add, .subtract, .multiply, .divide,
      .power, .min, .max, .clamp, .choose:
      false
    }
  }

  /// Functions as they are written, and the operation of each.
  static let functions: [(name: String, operation: Operation)] = [
    ("abs", .abs), ("sqrt", .sqrt), ("exp", .exp), ("log", .log), ("sigmoid", .sigmoid),
    ("sign", .sign), ("not", .not), ("min", .min), ("max", .max), ("clamp", .clamp),
    ("where", .choose),
  ]

  func value(_ a: Double) -> Double {
    switch self {
    case .negate: -a
    case .not: a == 0 ? 1 : 0
    case .abs: Swift.abs(a)
    case .sqrt: a.squareRoot()
    case .exp: Elementary.exponential(a)
    case .log: Elementary.logarithm(a)
    case .sigmoid: Elementary.sigmoid(a)
    case .sign: Elementary.sign(a)
    case .add, .subtract, .multiply, .divide, .power, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .equal, .notEqual, .and, .or, .min, .max, .clamp, .choose:
      preconditionFailure("\(self) takes more than one value")
    }
  }

  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Elementary.power(a, b)
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    case .min: a < b ? a : b
    case .max: a > b ? a : b
    case .negate, .not, .abs, .sqrt, .exp, .log, .sigmoid, .sign, .clamp, .choose:
      preconditionFailure("\(self) does not take two values")
    }
  }

  func value(_ a: Double, _ b: Double, _ c: Double) -> Double {
    switch self {
    case .clamp: a < b ? b : a > c ? c : a
    case .choose: a != 0 ? b : c
    case .negate, .not, .abs, .sqrt, .exp, .log, .sigmoid, .sign, .add, .subtract, .multiply,
      .divide, .power, .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .and,
      .or, .min, .max:
      preconditionFailure("\(self) does not take three values")
    }
  }
}

/// What is made of an expression's values over a domain: a block's elements, seeds, blocks.
package enum Gathering: String, Sendable, Hashable, CaseIterable {
  case mean, sum, share, count, median, least, most

  /// The figure of some values; `share` and `count` take what is not 0. NaN of none, 0 for sums.
  package func value(of values: [Double]) -> Double {
    let count = Double(values.count)
    switch self {
    case .sum: return values.reduce(0, +)
    case .mean: return values.reduce(0, +) / count
    case .count: return Double(values.count { $0 != 0 })
    case .share: return Double(values.count { $0 != 0 }) / count
    case .least: return values.min() ?? .nan
    case .most: return values.max() ?? .nan
    case .median:
      let sorted = values.sorted()
      guard let last = sorted.last else { return .nan }
      let middle = sorted.count / 2
      if !sorted.count.isMultiple(of: 2) { return sorted[middle] }
      return sorted.count > 1 ? (sorted[middle - 1] + sorted[middle]) / 2 : last
    }
  }
}
