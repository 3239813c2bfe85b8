import ArgumentParser
import Export
import Foundation
import HostSystem
import RunModel
import RunStore
import Studies

/// `magmascope runs list | show | export | probe | fork | rewind | delete DIR`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Lists, shows, exports, measures, branches and deletes kept runs.",
    discussion: "DIR is a path, or the name of a run that the explorer saved.",
    subcommands: [
      List.self, Show.self, Export.self, Probe.self, Fork.self, Rewind.self, Delete.self,
    ], defaultSubcommand: List.self)

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
      abstract: "How a run stands, or stood at a step, beside the one who trains it too.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    @Option(help: "The step to show (default: the newest).")
    var at: Int?

    @Flag(help: "As JSON, with the figures of every block.")
    var json = false

    func run() throws {
      let place = RunsCommand.library.place(of: directory).path
      let run = try OpenedRun(place)
      let document = try RunMomentDocument(run, at: at)
      if json { return try StandardOutput().write(try document.json) }
      let text = try run.directory.configurationText()
      try StandardOutput().write("\(visible(place)): \(document.table)\n\(text)")
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

    @Flag(help: "The figures of every step, for csv and jsonl; tensorboard has them always.")
    var steps = false

    func run() throws {
      let run = try RunsCommand.library.run(directory)
      if steps { return try writeSteps(of: try OpenedRun(run.directory.path)) }
      let opened = to == .tensorboard ? try OpenedRun(run.directory.path) : nil
      let changed =
        try? FileManager.default.attributesOfItem(
          atPath: run.directory.appendingPathComponent("run.yaml").path)[.modificationDate] as? Date
      let product = to.product(
        of: run, steps: opened?.stepRows ?? [], roster: opened?.roster ?? [],
        startSeconds: changed?.timeIntervalSince1970 ?? 0,
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
      abstract: "Removes a run's directory for good; asks first.",
      discussion: "Only a directory that magmascope wrote, and in which nothing else lies.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
      let path = RunsCommand.library.place(of: directory).path
      let size = try RunRemoval.size(of: path, isRun: StoredRun.isRun)
      if !yes { try confirm("remove \(path), \(AvailableMemory.text(size)), for good?") }
      try RunRemoval.remove(path, isRun: StoredRun.isRun)
      Diagnostics.say("removed \(path)")
    }

    /// Asks on the terminal; anything but yes leaves all as it is.
    private func confirm(_ question: String) throws(RunError) {
      guard isatty(STDIN_FILENO) == 1, StandardError.isTerminal else {
        throw RunError(
          .usage, "nobody can be asked whether to remove it", place: directory,
          remedy: "give --yes")
      }
      Diagnostics.say(question + " [y/N]")
      let answer = readLine()?.lowercased()
      guard answer == "y" || answer == "yes" else {
        throw RunError(
          .usage, "nothing was removed", place: directory, remedy: "answer y, or give --yes")
      }
    }
  }
}

extension RunsCommand.Export {
  /// Writes a line for every arm, seed and step, a thousand steps at a time.
  private func writeSteps(of run: OpenedRun) throws {
    guard let format = RecordFormat(rawValue: to.rawValue) else {
      throw RunError(
        .usage, "single steps are written as csv or jsonl", place: "--steps",
        remedy: "give --to csv or --to jsonl")
    }
    guard run.hasRows else {
      throw RunError(
        .input, "the figures of single steps were not recorded", place: run.directory.path,
        remedy: "leave out --steps for the evaluations")
    }
    let roster = run.roster
    var text = format.stepHeader
    let output = StandardOutput()
    for row in run.stepRows {
      guard let arm = roster[id: row.arm] else { continue }
      text += format.line(row, arm)
      if out == nil, text.utf8.count > 1 << 16 {
        try output.write(text)
        text = ""
      }
    }
    guard let out else { return try output.write(text) }
    try OutputFile.write(Data(text.utf8), to: out)
  }
}

extension ExportFormat: ExpressibleByArgument {}
