import Foundation
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
      return (try read(URL(fileURLWithPath: name)), name)
    }
    if let directory = userDirectory, userPresetNames.contains(name) {
      let file = directory.appending(path: name + ".yaml")
      return (try read(file), file.path)
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

  private func read(_ file: URL) throws(RunError) -> String {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) else {
      throw RunError(.input, "no such file", place: file.relativePath, remedy: "check the path")
    }
    guard !isDirectory.boolValue else {
      throw RunError(
        .input, "is a directory", place: file.relativePath, remedy: "name a .yaml file in it")
    }
    do {
      return try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw RunError(
        .input, "cannot be read as UTF-8 text", place: file.relativePath,
        remedy: "check its permissions and encoding")
    }
  }
}
