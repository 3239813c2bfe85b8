import ArgumentParser
import Presets
import RunModel

/// One flag for every setting of the language model, made from its description.
///
/// The parser finds flags by looking at a value's stored options; this one shows it the schema's.
struct ModelFlags: ParsableArguments, CustomReflectable {
  /// What was written, by the setting's key.
  private var written: [String: String] = [:]

  init() {}

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ setting: ModelSetting) { stringValue = setting.key }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for setting in ModelSetting.all {
      written[setting.key] =
        try container.decode(Option<String?>.self, forKey: Key(setting)).wrappedValue
    }
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: ModelSetting.all.map { setting in
        (label: setting.key, value: Self.option(setting))
      })
  }

  private static func option(_ setting: ModelSetting) -> Option<String?> {
    let family = setting.family.map { " (\($0.rawValue))" } ?? ""
    return Option(
      name: .customLong(setting.flag),
      help: ArgumentHelp(
        "\(setting.description.summary.dropLast())\(family): \(setting.description.allowed).",
        valueName: setting.flag))
  }

  /// - Throws: `RunError(.usage)` naming the flag whose value is not allowed.
  func values() throws(RunError) -> [String: SettingValue] {
    var values: [String: SettingValue] = [:]
    for setting in ModelSetting.all {
      guard let text = written[setting.key] else { continue }
      guard let value = setting.description.value(from: text) else {
        throw RunError(
          .usage, "'\(text)' is not allowed", place: "--\(setting.flag)",
          remedy: "allowed: \(setting.description.allowed)")
      }
      values[setting.key] = value
    }
    return values
  }
}
