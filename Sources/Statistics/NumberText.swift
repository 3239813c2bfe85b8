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
