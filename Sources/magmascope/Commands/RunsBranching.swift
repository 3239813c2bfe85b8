import ArgumentParser
import Export
import Foundation
import Optimizers
import Presets
import RunModel
import RunStore
import TensorKernels
import Workloads

extension RunsCommand {
  /// `magmascope runs rewind DIR --at STEP`
  struct Rewind: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Goes back to a step; what came after moves into DIR/branches.")

    @Argument(help: "Directory or name of a run.")
    var directory: String

    @Option(help: "The step that is to be the newest.")
    var at: Int

    @Option(help: "Seconds after which a silent owner on another machine counts as dead.")
    var stale: Int = 120

    func run() throws {
      let path = RunsCommand.library.place(of: directory).path
      let stored = try StoredRun(directory: path, stale: .seconds(stale))
      let opened = try OpenedRun(path)
      let boundary = try opened.boundary(after: at)
      let branch = try stored.run.rewind(
        to: boundary, of: stored.configuration, stamp: .current(stored.configuration))
      stored.run.end()
      Diagnostics.say(
        "step \(at) is the newest now; "
          + (branch.map { "what came after lies in \($0.path); " } ?? "nothing came after; ")
          + "go on with: magmascope train --resume \(path)")
    }
  }

  /// `magmascope runs fork DIR --at STEP ... --out NEW`
  struct Fork: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Branches a run off another at a step, with other settings, and trains it.",
      discussion: "Weights, batches and coins up to the step are the parent's.")

    @Argument(help: "Directory or name of the parent.")
    var directory: String

    @Option(help: "The last step that both have in common.")
    var at: Int

    @Option(help: "The arm that --set means: its letter.")
    var arm: String?

    @Option(name: .customLong("set"), help: "Another value of a live setting, KEY=VALUE.")
    var settings: [String] = []

    @Option(name: .customLong("replace"), help: "Another optimizer for an arm, LANE=SPEC.")
    var replacements: [String] = []

    @Option(help: "Another length of the run, and with it of the schedule.")
    var steps: Int?

    @Option(help: "Form of the lines: plain, jsonl or csv.")
    var format: RecordFormat = .plain

    @Option(help: "The new run's directory.")
    var out: String

    func run() throws {
      let place = RunsCommand.library.place(of: directory)
      let parent = try OpenedRun(place.path)
      let changes = try ForkChanges(parent, at: at).entries(
        arm: arm, settings: settings, replacements: replacements, steps: steps)
      var boundary = try parent.boundary(after: at)
      boundary.journal += changes
      let configuration = parent.configuration.begun
      let fork = try OwnedRun.fork(
        parent.directory, at: boundary, of: configuration, to: out,
        configuration: try PresetWriter.yaml(configuration), stamp: .current(configuration),
        origin: ForkOrigin(run: place.standardizedFileURL.lastPathComponent, step: at))
      try HeadlessTraining(
        configuration: configuration, format: format,
        place: .resumed(StoredRun(fork, configuration, boundary))
      ).run()
    }
  }
}

extension OpenedRun {
  /// All arms at the boundary after `step`: a kept checkpoint, or computed again from the nearest.
  ///
  /// - Throws: `RunError` (.usage) for a step the run does not have.
  func boundary(after step: Int) throws(RunError) -> CheckpointSet {
    guard 0...newestStep ~= step else {
      throw RunError(
        .usage, "the run has steps 0 to \(newestStep), not \(step)", place: "--at",
        remedy: "name one of them")
    }
    let run = try RepeatableRun(directory)
    if let kernels = try run.otherKernels() {
      Diagnostics.say(
        "the run \(kernels):"
          + " what is computed again is equal to rounding, not to the bit")
    }
    guard let boundary = try run.boundary(after: step) else {
      throw .unexpected("step \(step) could not be computed again", place: directory.path)
    }
    return boundary
  }
}

/// What a fork changes, as entries of the step behind the branch.
private struct ForkChanges {
  private let course: RunCourse
  private let step: Int
  private let layout: TensorLayout

  init(_ parent: OpenedRun, at step: Int) throws(RunError) {
    course = RunCourse(parent.configuration, journal: parent.journal).upTo(step)
    self.step = step + 1
    layout = try WorkloadRegistry.draft(for: parent.configuration).layout
  }

  /// - Throws: `RunError` (.usage) for anything that a running arm would refuse.
  func entries(
    arm: String?, settings: [String], replacements: [String], steps: Int?
  ) throws(RunError) -> [JournalEntry] {
    var entries: [JournalEntry] = []
    for text in replacements { entries.append(try replacement(text)) }
    var course = course
    for entry in entries { course.note(entry) }
    for text in settings {
      let entry = JournalEntry(try change(text, arm, in: course))
      entries.append(entry)
      course.note(entry)
    }
    if let steps {
      guard FieldLimits.steps.contains(steps), steps >= step else {
        throw RunError(
          .usage, "the run cannot end at step \(steps)", place: "--steps",
          remedy: "give at least \(step)")
      }
      var entry = JournalEntry(.extend, step: step)
      entry.steps = steps
      entries.append(entry)
    }
    return entries
  }

  private func change(
    _ text: String, _ lane: String?, in course: RunCourse
  ) throws(RunError) -> Intervention {
    let (key, written) = try pair(text, "--set", "KEY=VALUE")
    let arms = course.arms(at: step)
    let concerned =
      try lane.map { (lane) throws(RunError) in [try arm(lane, "--arm")] }
      ?? arms.filter { course.settings(of: $0, at: step).values[key] != nil }
    guard let arm = concerned.first, concerned.count == 1 else {
      throw RunError(
        .usage, "\(concerned.isEmpty ? "no arm has" : "several arms have") a setting '\(key)'",
        place: "--set",
        remedy: "name the arm with --arm: \(arms.map(\.lane.letter).joined(separator: ", "))")
    }
    let current = course.settings(of: arm, at: step)
    let known = OptimizerRegistry.catalog.settings(base: current.base, wrapper: current.wrapper)
    guard let setting = known.first(where: { $0.key == key }), current.values[key] != nil else {
      throw RunError(
        .usage,
        "arm \(arm.lane.letter) has no setting '\(key)'"
          + suggestion(for: key, among: current.values.keys.sorted()), place: "--set",
        remedy: "it has \(current.values.keys.sorted().joined(separator: ", "))")
    }
    guard let value = setting.value(from: written) else {
      throw RunError(
        .usage, "\(key)='\(written)' is not allowed", place: "--set",
        remedy: "allowed: \(setting.allowed)")
    }
    _ = try placing(at: "--set") { () throws(RunError) in
      try ArmOptimizer.changed(current, key, to: value, layout: layout)
    }
    return Intervention(
      arm: arm.id, step: step, key: key, oldValue: current.values[key], newValue: value)
  }

  private func replacement(_ text: String) throws(RunError) -> JournalEntry {
    let (lane, written) = try pair(text, "--replace", "LANE=SPEC")
    let arm = try arm(lane, "--replace")
    do {
      let settings = try ArmGrammar(catalog: OptimizerRegistry.catalog).parse(written)
      return JournalEntry(replacing: arm.id, by: settings, from: step)
    } catch {
      throw RunError(
        .usage, error.description, place: "--replace",
        remedy: "write it as for --arm; magmascope optimizers lists them")
    }
  }

  private func arm(_ lane: String, _ flag: String) throws(RunError) -> RunArm {
    let arms = course.arms(at: step)
    guard let arm = arms.first(where: { $0.lane.letter == lane }) else {
      throw RunError(
        .usage, "there is no arm '\(lane)'", place: flag,
        remedy: "the arms are \(arms.map(\.lane.letter).joined(separator: ", "))")
    }
    return arm
  }

  private func pair(
    _ text: String, _ flag: String, _ form: String
  ) throws(RunError) -> (String, String) {
    guard let split = text.firstIndex(of: "="), split != text.startIndex else {
      throw RunError(
        .usage, "'\(text)' is not \(form)", place: flag, remedy: "write \(form)")
    }
    return (String(text[..<split]), String(text[text.index(after: split)...]))
  }
}
