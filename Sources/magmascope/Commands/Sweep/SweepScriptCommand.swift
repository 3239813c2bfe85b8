import ArgumentParser
import Foundation
import RunModel
import Studies

/// `sweep script`: an sbatch file for workers on a sweep; `--submit` hands it to Slurm.
struct SweepScriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "script",
    abstract: "Prints an sbatch file for workers on a sweep, or submits it.",
    discussion: """
      One array task is one worker, never one cell: a task that is killed, preempted or out of time \
      loses at most a minute of its cells, and the others take them. --submit prints the job's number.
      """)

  @Argument(help: "Directory of the sweep, on a file system that all nodes see.")
  var directory: String

  @Flag(help: "For Slurm, the one scheduler there is.")
  var slurm = false

  @Option(help: "Array tasks, each a worker.")
  var workers = 4

  @Option(help: "Processors of each worker, and cells at a time.")
  var cores = 1

  @Option(help: "Time limit as Slurm writes it, or auto: half as much again as the estimate.")
  var time = "auto"

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: "One more argument for sbatch; repeat it.")
  var arguments: [String] = []

  @Flag(help: "Run sbatch with it, and print the job's number.")
  var submit = false

  func run() throws {
    guard slurm || submit else {
      throw RunError(.usage, "for which scheduler?", place: "sweep script", remedy: "give --slurm")
    }
    let place = StudyFiles.directory(directory)
    let plan = try SweepJob.stored(in: place)
    let script = SlurmScript(
      program: try Self.program(), directory: place.path,
      workers: try check(workers, "--workers", 1...1000) ?? 1,
      cores: try check(cores, "--cores", 1...4096) ?? 1, time: time, arguments: arguments,
      estimate: try SweepEstimate(plan), cells: plan.cellWords)
    guard submit else { return try StandardOutput().write(script.text) }
    try FileManager.default.createDirectory(
      atPath: script.logs, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try StandardOutput().write(try Sbatch.submit(script.text) + "\n")
  }

  /// This program by a path that holds from everywhere.
  private static func program() throws -> String {
    guard let path = Bundle.main.executablePath else {
      throw RunError(.failure, "this program does not know where it lies", remedy: "write its path")
    }
    return URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// The text of an sbatch file.
struct SlurmScript {
  var program: String
  var directory: String
  var workers: Int
  var cores: Int
  var time: String
  var arguments: [String]
  var estimate: SweepEstimate
  var cells: String

  /// A missing directory here would fail the job without a word.
  var logs: String { directory + "/logs" }

  var text: String {
    let extra = arguments.map { "#SBATCH \($0)\n" }.joined()
    return """
      #!/bin/sh
      # \(cells)
      # \(estimate.text)
      # \(ProgressLine.duration(estimate.seconds(cores: workers * cores))) on these \
      \(workers * cores) cores, if they are like this machine's
      #SBATCH --job-name=magmascope
      #SBATCH --array=0-\(workers - 1)
      #SBATCH --requeue
      #SBATCH --open-mode=append
      #SBATCH --signal=B:USR1@120
      #SBATCH --time=\(timeLimit)
      #SBATCH --cpus-per-task=\(cores)
      #SBATCH --chdir=\(Self.directive(directory))
      #SBATCH --output=\(Self.directive(logs + "/%A_%a.log"))
      \(extra)mkdir -p \(Self.quoted(logs))
      exec \(Self.quoted(program)) sweep work \(Self.quoted(directory)) --jobs \(cores)

      """
  }

  private var timeLimit: String {
    guard time == "auto" else { return time }
    // A task that runs out of time goes on in its next life, so a short limit loses little.
    let minutes = Int((1.5 * estimate.seconds(cores: workers * cores) / 60).rounded(.up)) + 5
    return String(minutes)
  }

  /// As the shell takes it for one word, whatever it holds.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// As sbatch's own parser of directives takes it: double quotes, with backslashes before what they end.
  private static func directive(_ text: String) -> String {
    guard text.contains(where: { " \"\\'\t".contains($0) }) else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

/// Hands scripts to Slurm.
enum Sbatch {
  /// The number of the job.
  static func submit(_ script: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sbatch", "--parsable"]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Self.refusal(error.localizedDescription)
    }
    input.fileHandleForWriting.write(Data(script.utf8))
    try input.fileHandleForWriting.close()
    let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Self.refusal(problem.split(separator: "\n").joined(separator: " "))
    }
    return answer.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
  }

  private static func refusal(_ reason: String) -> RunError {
    RunError(
      .failure, "sbatch did not take the job: \(reason)", place: "--submit",
      remedy: "print the script without --submit and try it by hand")
  }
}
