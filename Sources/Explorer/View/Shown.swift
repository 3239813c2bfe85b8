import Charts
import RunModel

/// How figures are written on every screen.
package enum Shown {
  /// A loss in nats: `1.842`; nothing to show is a dash.
  package static func loss(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    return abs(value) < 100
      ? NumberFormat.fixed(value, decimals: 3) : NumberFormat.compact(value, digits: 4)
  }

  /// A difference with its sign: `+.029`, `-.012`.
  package static func difference(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    let text = abs(value) < 10 ? share(value, decimals: 3) : loss(value)
    return (text.hasPrefix("-") ? "" : "+") + text
  }

  /// A learning rate: `1.0e-3`.
  package static func rate(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    return NumberFormat.scientific(value, digits: 2)
  }

  /// A share or a cosine without its leading zero: `.50`, `-.12`, `1.00`.
  package static func share(_ value: Double?, decimals: Int = 2) -> String {
    guard let value, value.isFinite else { return "-" }
    let text = NumberFormat.fixed(value, decimals: decimals)
    if text.hasPrefix("0.") { return String(text.dropFirst()) }
    if text.hasPrefix("-0.") { return "-" + text.dropFirst(2) }
    return text
  }

  /// A speed or a size: `61`, `5.2`, `108k`.
  package static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    return NumberFormat.compact(value, digits: abs(value) >= 100 ? 3 : 2)
  }

  /// How many of a thing: `1 seed`, `6 seeds`.
  static func counted(_ count: Int, _ thing: String) -> String {
    "\(count) \(thing)\(count == 1 ? "" : "s")"
  }

  package static func count(_ value: Int) -> String {
    NumberFormat.compact(Double(value), digits: 3)
  }

  /// An amount of memory: `512 B`, `1.07 MB`.
  package static func bytes(_ value: Int) -> String {
    switch value {
    case ..<1000: "\(value) B"
    case ..<1_000_000: NumberFormat.compact(Double(value) / 1e3, digits: 3) + " kB"
    default: NumberFormat.compact(Double(value) / 1e6, digits: 3) + " MB"
    }
  }

  /// A length of time: `8s`, `2m11s`, `1h04m`.
  package static func duration(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds < 1e7 else { return "-" }
    let total = max(0, Int(seconds.rounded()))
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    if hours > 0 { return "\(hours)h\(twoDigits(minutes))m" }
    return minutes > 0 ? "\(minutes)m\(twoDigits(rest))s" : "\(rest)s"
  }

  /// A setting as the tune line writes it.
  package static func setting(_ value: SettingValue) -> String {
    switch value {
    case .number(let number):
      number != 0 && abs(number) < 0.01
        ? NumberFormat.scientific(number, digits: 2)
        : compactDecimal(number)
    case .flag(let isOn): isOn ? "on" : "off"
    case .text(let text): text
    }
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension Shown {
  /// A cost relative to another: `1.02`.
  package static func ratio(_ value: Double) -> String {
    value.isFinite ? NumberFormat.fixed(value, decimals: 2) : "-"
  }
}

extension Shown {
  /// A distance in standard deviations: `+1.3`, `-0.4`.
  static func deviations(_ value: Double) -> String {
    let text = NumberFormat.fixed(value, decimals: 1)
    return text.hasPrefix("-") ? text : "+" + text
  }
}

extension Shown {
  /// A setting's name in words: `decayOn` is `decay on`.
  package static func label(_ key: String) -> String {
    var label: [UInt8] = []
    for letter in key.utf8 {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
      let isFollowing = label.last.map { $0 >= UInt8(ascii: "a") } ?? false
      if isUpper, isFollowing { label.append(UInt8(ascii: " ")) }
      label.append(isUpper && isFollowing ? letter + 32 : letter)
    }
    return String(decoding: label, as: UTF8.self)
  }
}

extension String {
  /// Whether a filter's word is in the text; at once where the word is the longer, since people paste
  /// pages into filters.
  func mentions(_ word: String) -> Bool { word.utf8.count <= utf8.count && contains(word) }
}
