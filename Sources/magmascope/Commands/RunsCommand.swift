import ArgumentParser
import Foundation
import RunModel
import Studies

/// `magmascope runs list | show DIR | export DIR | delete DIR`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Lists, shows, exports and deletes kept runs.",
    discussion: "DIR is a path, or the name of a run that the explorer saved.",
    subcommands: [List.self, Show.self, Export.self, Delete.self], defaultSubcommand: List.self)

  static var library: RunLibrary {
    RunLibrary(
      directory: URL(fileURLWithPath: UserDirectories.runs),
      configuration: StoredRun.configuration)
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The runs the explorer saved.")

    func run() throws {
      let table = RunsCommand.library.table
      guard !table.rows.isEmpty else {
        return Diagnostics.say("no runs in \(UserDirectories.runs)")
      }
      try StandardOutput().write(table.markdown)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A run's configuration and its latest figures.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    func run() throws {
      try StandardOutput().write(try RunsCommand.library.run(directory).description)
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes a run in another form.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    @Option(help: "Form: csv, jsonl, svg, tensorboard or latex.")
    var to: ExportFormat

    @Option(help: "File, or directory for tensorboard (default: standard output).")
    var out: String?

    func run() throws {
      let run = try RunsCommand.library.run(directory)
      let changed =
        try? FileManager.default.attributesOfItem(
          atPath: run.directory.appendingPathComponent("run.yaml").path)[.modificationDate] as? Date
      let product = to.product(
        of: run, startSeconds: changed?.timeIntervalSince1970 ?? 0,
        host: ProcessInfo.processInfo.hostName)
      switch product {
      case .text(let text):
        guard let out else { return try StandardOutput().write(text) }
        try OutputFile.write(Data(text.utf8), to: out)
      case .files(let files):
        guard let out else {
          throw RunError(
            .usage, "tensorboard needs a directory", place: "--out", remedy: "give --out DIR")
        }
        for file in files {
          let place = URL(fileURLWithPath: out).appendingPathComponent(file.path)
          try OutputFile.makeDirectory(place.deletingLastPathComponent().path)
          try OutputFile.write(Data(file.bytes), to: place.path)
        }
      }
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a run's directory for good.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    func run() throws { try RunsCommand.library.delete(directory) }
  }
}

extension ExportFormat: ExpressibleByArgument {}
