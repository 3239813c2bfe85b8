import ArgumentParser
import Export
import Foundation
import Optimizers
import Presets
import RunModel
import Workloads

/// `magmascope train`: the explorer's engine without its screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains all arms side by side and prints one line per arm and evaluation.")

  @OptionGroup var selection: SelectionOptions

  @Option(help: "Form of the lines: plain, jsonl or csv.")
  var format: RecordFormat = .plain

  @Option(help: "Keep the run in this new directory: records, journal, checkpoints.")
  var out: String?

  @Option(help: "Go on with the run in this directory, from its last checkpoint.")
  var resume: String?

  @Option(help: "Seconds after which a silent owner of the run to go on with counts as dead.")
  var stale: Int = 120

  @Option(
    help: ArgumentHelp(
      "Measure beside training, with readings on stderr: curvature, proposition1, sharpness or "
        + "gradientNoise; every so many steps, or as often as the run is evaluated (repeatable).",
      valueName: "kind[:every]"))
  var probe: [String] = []

  func run() throws {
    let out = try nonEmpty(out, "--out")
    guard let resume = try nonEmpty(resume, "--resume") else {
      let library = PresetLibrary(environment: ProcessInfo.processInfo.environment)
      let configuration = try selection.configuration(library: library)
      return try HeadlessTraining(
        configuration: configuration, format: format,
        place: out.map { .new(directory: $0) } ?? .nowhere, probes: try cadences(configuration)
      ).run()
    }
    guard selection.isEmpty, out == nil else {
      throw RunError(
        .usage, "a resumed run keeps its own configuration", place: "--resume",
        remedy: "leave out every other flag but --format")
    }
    let stored = try StoredRun(directory: resume, stale: .seconds(stale))
    try HeadlessTraining(
      configuration: stored.configuration, format: format, place: .resumed(stored),
      probes: try cadences(stored.configuration)
    ).run()
  }

  private func cadences(_ configuration: RunConfiguration) throws(RunError) -> [ProbeCadence] {
    var cadences: [ProbeCadence] = []
    for text in probe {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      let every = parts.count == 2 ? Int(parts[1]) : configuration.evaluationInterval
      guard let kind = ProbeKind(rawValue: parts[0]), let every, every > 0, parts.count <= 2 else {
        let kinds = ProbeKind.allCases.map(\.rawValue)
        throw RunError(
          .usage, "\(quoted(text)) is no probe" + suggestion(for: parts[0], among: kinds),
          place: "--probe",
          remedy: "write KIND or KIND:STEPS, KIND one of \(kinds.joined(separator: ", "))")
      }
      cadences.append(ProbeCadence(kind, every: every))
    }
    return cadences
  }
}

extension RecordFormat: ExpressibleByArgument {}
