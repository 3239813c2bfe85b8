import RealModule

/// Numbers as the sentence writes them: fixed decimals, no zero before the point.
package enum NumberText {
  /// `.029`, `-.004`, `1.250`; with `signed`, `+.062` and a bare `0`.
  package static func fixed(_ value: Double, digits: Int, signed: Bool = false) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let scale = Double.pow(10, digits)
    guard abs(value) * scale < 9e15 else { return "\(value)" }
    let units = Int((abs(value) * scale).rounded())
    if signed && units == 0 { return "0" }
    let sign = units == 0 ? "" : value < 0 ? "-" : signed ? "+" : ""
    guard digits > 0 else { return sign + "\(units)" }
    let (whole, fraction) = units.quotientAndRemainder(dividingBy: Int(scale))
    let tail = "\(fraction)"
    let padded = String(repeating: "0", count: digits - tail.count) + tail
    return sign + (whole == 0 ? "" : "\(whole)") + "." + padded
  }

  /// As `fixed`, without the zeros at the end: `.01`, `2`.
  package static func short(_ value: Double, digits: Int = 4) -> String {
    var text = fixed(value, digits: digits)
    guard value.isFinite, text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text.isEmpty || text == "-" ? "0" : text
  }

  /// Enough decimals for two significant digits, without zeros at the end: `.01`, `.0032`, `12`.
  package static func significant(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return short(value) }
    let digits = 1 - Int(Double.log10(abs(value)).rounded(.down))
    return digits > 6 ? scientific(value) : short(value, digits: max(1, digits))
  }

  /// `-2.31e-14`; with `signed`, `+2.31e-14`.
  package static func scientific(_ value: Double, signed: Bool = false) -> String {
    guard value != 0, value.isFinite else { return fixed(value, digits: 0, signed: signed) }
    var exponent = Int(Double.log10(abs(value)).rounded(.down))
    var mantissa = value / Double.pow(10, exponent)
    if abs(mantissa) >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return fixed(mantissa, digits: 2, signed: signed) + "e\(exponent)"
  }

  /// `p .008` or `p < .001`.
  package static func pValue(_ value: Double) -> String {
    value < 0.001 ? "p < .001" : "p " + fixed(value, digits: 3)
  }

  /// `25 %`.
  package static func percent(_ share: Double) -> String {
    fixed(100 * share, digits: 0) + " %"
  }

  /// `1 seed`, `8 seeds`.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)" + (number == 1 ? "" : "s")
  }

  /// Decimals that show two digits of a half width, between 3 and 6.
  package static func digits(halfWidth: Double?) -> Int {
    guard let halfWidth, halfWidth > 0, halfWidth.isFinite else { return 3 }
    return min(6, max(3, 1 - Int(Double.log10(halfWidth).rounded(.down))))
  }
}

/// Losses and their differences in one comparison, all written alike: with as many decimals as the
/// interval deserves, with powers of ten where decimals would be nothing but zeros.
struct LossNumbers {
  private let digits: Int
  private let isTiny: Bool

  init(_ interval: Interval?, leastDigits: Int = 3) {
    let scale = interval.map { max(abs($0.lower), abs($0.upper)) }
    digits = max(leastDigits, NumberText.digits(halfWidth: interval?.halfWidth))
    isTiny = scale.map { $0 > 0 && $0 < 1e-5 } ?? false
  }

  func text(_ value: Double, signed: Bool = false) -> String {
    isTiny && value != 0
      ? NumberText.scientific(value, signed: signed)
      : NumberText.fixed(value, digits: digits, signed: signed)
  }

  /// `-.0329..-.0284`.
  func text(_ interval: Interval) -> String {
    text(interval.lower, signed: true) + ".." + text(interval.upper, signed: true)
  }
}
