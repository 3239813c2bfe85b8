import Foundation
import PackagePlugin

/// Writes the presets and the commit they are built from into Swift source, before the build.
@main
struct EmbedPresetsPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let presets = context.package.directoryURL.appending(path: "presets")
    let lessons = try texts(in: presets.appending(path: "lessons"))
    let files = try texts(in: presets) + lessons
    let git = context.package.directoryURL.appending(path: ".git")
    let history = ["HEAD", "logs/HEAD"].map { git.appending(path: $0) }
      .filter { FileManager.default.isReadableFile(atPath: $0.path) }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedPresets.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count - lessons.count) presets, \(lessons.count) lessons",
        executable: try context.tool(named: "embed-presets").url,
        arguments: [output.path, git.path] + files.map(\.path),
        inputFiles: files + history,
        outputFiles: [output])
    ]
  }

  private func texts(in directory: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
  }
}
