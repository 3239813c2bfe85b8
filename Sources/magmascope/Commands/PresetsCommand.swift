import ArgumentParser
import Foundation
import Optimizers
import Presets
import RunModel
import Workloads

/// `magmascope presets list | show NAME | check FILE...`
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets", abstract: "Lists, shows and checks presets.",
    subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Names and titles of all presets.")

    func run() throws {
      let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
      let rows = try library.names.map { name in
        (name, try library.fields(name).title ?? "")
      }
      let width = rows.map(\.0.count).max() ?? 0
      let lines = rows.map { name, title in
        visible(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + title) + "\n"
      }
      try StandardOutput().write(lines.joined())
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints a preset's text.")

    @Argument(help: "Name of a preset, or a .yaml file.")
    var name: String

    func run() throws {
      let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
      try StandardOutput().write(try library.source(name).text)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads preset files as strictly as a run would.")

    @Argument(help: "Preset files.")
    var files: [String]

    func run() throws {
      let builder = ConfigurationBuilder(
        catalog: OptimizerRegistry.catalog, workloads: WorkloadRegistry.descriptors)
      let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
      var firstError: RunError?
      for file in files {
        do {
          let path = file.contains("/") || file.hasSuffix(".yaml") ? file : "./" + file
          try Self.checkArms(
            of: try builder.build(try library.fields(path), category: .input), file: path)
          try StandardOutput().write(visible(file) + ": ok\n")
        } catch {
          Diagnostics.say(error.description)
          firstError = firstError ?? error
        }
      }
      if let firstError { throw ExitCode(firstError.exitCode) }
    }

    /// Makes every arm's optimizer for the model's blocks: a scope that matches none is found so.
    private static func checkArms(
      of configuration: RunConfiguration, file: String
    ) throws(RunError) {
      var configuration = configuration
      // The blocks have the same names whatever the text is.
      configuration.data = .builtIn
      do throws(RunError) {
        let source = try WorkloadRegistry.draft(for: configuration)
        try MemoryCheck.check(configuration, source: source)
      } catch {
        throw RunError(.input, error.message, place: file, remedy: error.remedy)
      }
    }
  }
}
