#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Short texts for numbers on axes and in tables, the same on every machine.
package enum NumberFormat {
  /// `value` with exactly `decimals` digits after the point, as in `1.842`.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return special(value) }
    let places = min(max(decimals, 0), 15)
    let scaled = (value.magnitude * power(10, places)).rounded()
    guard scaled < 9e15 else { return scientific(value, digits: 3) }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + String(Int64(scaled)) }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// `value` as mantissa and exponent with `digits` significant digits, as in `3.0e-3`.
  package static func scientific(_ value: Double, digits: Int = 2) -> String {
    guard value.isFinite else { return special(value) }
    guard value != 0 else { return "0" }
    let (mantissa, exponent) = split(value.magnitude, digits: digits)
    return (value < 0 ? "-" : "") + fixed(mantissa, decimals: digits - 1) + "e\(exponent)"
  }

  /// A number as a person would write it on an axis: `0.3`, `3.0e-3`, `1k`, `2.5k`, `1M`.
  ///
  /// At most `digits` significant digits, no trailing zeros except in exponent form.
  package static func compact(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return special(value) }
    guard value != 0 else { return "0" }
    let (mantissa, exponent) = split(value.magnitude, digits: digits)
    guard (-2..<15).contains(exponent) else {
      return scientific(value, digits: significant(mantissa, upTo: digits))
    }
    let sign = value < 0 ? "-" : ""
    let group = exponent < 3 ? 0 : exponent / 3
    let shown = mantissa * power(10, exponent - 3 * group)
    let decimals = max(0, digits - 1 - (exponent - 3 * group))
    return sign + trimmed(fixed(shown, decimals: decimals)) + ["", "k", "M", "G", "T"][group]
  }

  /// Mantissa in [1, 10), rounded to `digits`, and exponent of a positive number.
  static func split(_ magnitude: Double, digits: Int) -> (mantissa: Double, exponent: Int) {
    var exponent = Int(log10(magnitude).rounded(.down))
    var mantissa = magnitude / power(10, exponent)
    if !mantissa.isFinite || mantissa == 0 {
      mantissa = magnitude * 1e100 / power(10, exponent + 100)
    }
    let unit = power(10, digits - 1)
    mantissa = (mantissa * unit).rounded() / unit
    if mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    if mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return (mantissa, exponent)
  }

  /// `base` to an integer power; exact for the powers of ten a `Double` holds exactly.
  static func power(_ base: Double, _ exponent: Int) -> Double { pow(base, Double(exponent)) }

  /// The digits needed to write `mantissa` (in [1, 10)), at least 2 and at most `limit`.
  private static func significant(_ mantissa: Double, upTo limit: Int) -> Int {
    let text = trimmed(fixed(mantissa, decimals: limit - 1))
    return min(max(text.count - (text.contains(".") ? 1 : 0), 2), max(limit, 2))
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = Substring(text)
    while kept.hasSuffix("0") { kept.removeLast() }
    if kept.hasSuffix(".") { kept.removeLast() }
    return String(kept)
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }
}
