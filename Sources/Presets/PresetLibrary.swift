import Foundation
import HostSystem
import RunModel

/// The presets that can be named: the user's own first, then those embedded in the binary.
package struct PresetLibrary: Sendable {
  private let userDirectory: URL?

  /// `environment` tells where the user keeps presets (`XDG_CONFIG_HOME`, else `HOME/.config`).
  package init(environment: [String: String]) {
    let home = environment["HOME"].map { URL(fileURLWithPath: $0).appending(path: ".config") }
    let base = environment["XDG_CONFIG_HOME"].flatMap { path in
      path.isEmpty ? nil : URL(fileURLWithPath: path)
    }
    userDirectory = (base ?? home)?.appending(path: "magmascope/presets")
  }

  /// The commit that the binary was built from.
  package static var buildCommit: String { EmbeddedPresets.commit }

  /// Every name, the user's own first, each once.
  package var names: [String] {
    let embedded = EmbeddedPresets.files.map(\.name)
    let own = userPresetNames
    return own + embedded.filter { !own.contains($0) }
  }

  /// The fields of the preset called `name`, or of the file when `name` is a path.
  package func fields(_ name: String) throws(RunError) -> PresetFields {
    let (text, place) = try source(name)
    return try PresetReader(file: place).read(text)
  }

  /// The text of a preset and what messages should call it.
  package func source(_ name: String) throws(RunError) -> (text: String, place: String) {
    if name.contains("/") || name.hasSuffix(".yaml") {
      return (try ForeignFile.readText(name, as: .preset), name)
    }
    if let directory = userDirectory, userPresetNames.contains(name) {
      let file = directory.appending(path: name + ".yaml")
      return (try ForeignFile.readText(file.path, as: .preset), file.path)
    }
    if let embedded = EmbeddedPresets.files.first(where: { $0.name == name }) {
      return (embedded.text, name)
    }
    throw RunError(
      .usage, "unknown preset '\(name)'" + suggestion(for: name, among: names),
      place: "--preset", remedy: "known: " + names.joined(separator: ", "))
  }

  private var userPresetNames: [String] {
    guard let directory = userDirectory,
      let files = try? FileManager.default.contentsOfDirectory(atPath: directory.path)
    else { return [] }
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }
}
