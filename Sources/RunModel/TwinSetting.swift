/// Two settings that say the same thing: whichever is written, the other follows.
///
/// `keep = 1 − mask`; `moments=dense|sparse` is `gates=update|moments`.
struct TwinSetting {
  let key: String
  let value: SettingValue

  /// What the other setting of a pair becomes with `key` at `value`; nil for a setting without one.
  init?(of key: String, at value: SettingValue) {
    switch (key, value) {
    case ("keep", .number(let keep)): (self.key, self.value) = ("mask", Self.complement(keep))
    case ("mask", .number(let mask)): (self.key, self.value) = ("keep", Self.complement(mask))
    case ("moments", .text("sparse")): (self.key, self.value) = ("gates", .text("moments"))
    case ("moments", _): (self.key, self.value) = ("gates", .text("update"))
    case ("gates", .text("moments")): (self.key, self.value) = ("moments", .text("sparse"))
    case ("gates", _): (self.key, self.value) = ("moments", .text("dense"))
    case (_, .number), (_, .text), (_, .flag): return nil
    }
  }

  /// `1 − x` without the last digits that binary fractions leave: .3 and not .30000000000000004.
  private static func complement(_ x: Double) -> SettingValue {
    .number(((1 - x) * 1e12).rounded() / 1e12)
  }
}
