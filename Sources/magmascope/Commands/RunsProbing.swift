import ArgumentParser
import RunModel
import RunStore

extension RunsCommand {
  /// `magmascope runs probe DIR KIND [A..B] [--every N]`
  struct Probe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measures a kept run afterwards, at any of its steps.",
      discussion: """
        The steps are computed again from the nearest checkpoint and come out bit for bit as they were, so that \
        the readings are those a measurement beside the training would have told. Nothing of the run is \
        changed; the readings are added to its probes.jsonl, unless another process writes the run.
        """)

    @Argument(help: "Directory or name of a run.")
    var directory: String

    @Argument(
      help: "What to measure: \(ProbeKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: String

    @Argument(help: "A step, or A..B for a stretch (default: the newest step).")
    var steps: String?

    @Option(help: "Steps between two readings (default: about ten readings).")
    var every: Int?

    func run() throws {
      let run = try OpenedRun(RunsCommand.library.place(of: directory).path)
      let cadence = try cadence(newest: run.newestStep)
      let repeatable = try RepeatableRun(run.directory)
      guard let readings = try repeatable.readings(cadence) else { return }
      let (output, roster) = (StandardOutput(), run.roster)
      for reading in readings {
        guard let arm = roster[id: reading.arm] else { continue }
        let lines = ProbeReport(reading, lane: arm.lane).lines
        try output.write(lines.map { $0 + "\n" }.joined())
      }
      try keep(readings, run.directory)
    }

    private func keep(_ readings: [ProbeReading], _ directory: RunDirectory) throws {
      if let owner = directory.owner, owner.isPresent {
        return Diagnostics.say("another process writes the run: the readings are not added to it")
      }
      try OwnedRun.enter(readings, at: directory.path)
    }

    /// - Throws: `RunError` (.usage) for what is no measurement of this run.
    private func cadence(newest: Int) throws(RunError) -> ProbeCadence {
      guard let kind = ProbeKind(rawValue: kind) else {
        let kinds = ProbeKind.allCases.map(\.rawValue)
        throw RunError(
          .usage, "\(quoted(kind)) is no probe" + suggestion(for: kind, among: kinds),
          place: "KIND", remedy: "one of \(kinds.joined(separator: ", "))")
      }
      let text = steps ?? "\(newest)"
      guard let stretch = Int(text).map({ $0...$0 }) ?? ProbeCadence.stretch(text) else {
        throw RunError(
          .usage, "\(quoted(text)) names no steps", place: "STEPS",
          remedy: "write a step, or A..B with A not above B")
      }
      guard stretch.lowerBound >= 0, stretch.upperBound <= newest else {
        throw RunError(
          .usage, "the run has steps 0 to \(newest), not \(text)", place: "STEPS",
          remedy: "name some of them")
      }
      guard every ?? 1 > 0 else {
        throw RunError(
          .usage, "readings cannot be \(every ?? 0) steps apart", place: "--every",
          remedy: "give at least 1")
      }
      return ProbeCadence(kind, along: stretch, every: every)
    }
  }
}
