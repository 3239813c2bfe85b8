import RunModel
import Yams

/// The text of remembered settings: one level of keys, each with a closed set of words.
///
/// Read as strictly as a preset, because a typing mistake that changes nothing would be a riddle.
package struct SettingsText: Sendable {
  /// A setting and the words that may stand behind it.
  package struct Key: Sendable {
    package let name: String
    package let allowed: [String]

    package init(name: String, allowed: [String]) {
      (self.name, self.allowed) = (name, allowed)
    }
  }

  private let file: String
  private let keys: [Key]

  /// `file` is what messages call the text.
  package init(file: String, keys: [Key]) {
    (self.file, self.keys) = (file, keys)
  }

  /// The settings that the text says, by name; a text without any says none.
  ///
  /// - Throws: `RunError` naming file, line and what is allowed, for the first thing that is wrong.
  package func read(_ text: String) throws(RunError) -> [String: String] {
    let reader = PresetReader(file: file, remedy: "write a line such as \(example)")
    guard let root = try reader.composeIfAny(text) else { return [:] }
    guard let mapping = root.mapping else {
      throw reader.error("settings are a list of keys and values", at: root)
    }
    var settings: [String: String] = [:]
    try reader.forEachKey(of: mapping, allowed: keys.map(\.name)) { (name, node) throws(RunError) in
      settings[name] = try word(name, node, reader)
    }
    return settings
  }

  private func word(
    _ name: String, _ node: Node, _ reader: PresetReader
  ) throws(RunError) -> String {
    let written = try reader.text(node, name)
    let allowed = keys.first { $0.name == name }?.allowed ?? []
    guard allowed.contains(written) else {
      throw reader.error(
        "'\(name)' is \(quoted(written))" + suggestion(for: written, among: allowed), at: node,
        remedy: "allowed: " + allowed.joined(separator: ", "))
    }
    return written
  }

  private var example: String {
    keys.first.map { "\($0.name): \($0.allowed.first ?? "")" } ?? "key: value"
  }

  /// The text that says `settings`, in the order of the keys; what is no key is left out.
  package func write(_ settings: [String: String]) -> String {
    let lines = keys.compactMap { key in settings[key.name].map { "\(key.name): \($0)\n" } }
    return """
      # How the explorer was looked at last, written by magmascope when a key changes it.
      # A flag wins over a line; --defaults starts without this file and leaves it alone.

      """ + lines.joined()
  }
}
