import Foundation
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run directory in the hands of the one process that may write it.
package final class OwnedRun: Sendable {
  package let directory: RunDirectory
  private let ownership: RunOwnership

  private init(_ directory: RunDirectory, _ ownership: RunOwnership) {
    (self.directory, self.ownership) = (directory, ownership)
  }

  /// Whether another process took the run over; nothing may be written any more.
  package var isLost: Bool { ownership.isLost }

  /// Gives the run up; the owner's last beat says so.
  package func end() { ownership.end() }

  /// Makes a run: `run.yaml` first and durably, so that from then on the run can be gone on with.
  ///
  /// - Parameter configuration: the text of `run.yaml`.
  /// - Throws: `RunError`: .usage for a directory in use, .failure for what the system refuses.
  package static func create(
    at path: String, configuration: String, _ terms: RunOwnership.Terms = .init()
  ) throws(RunError) -> OwnedRun {
    try RunDirectory.checkName(path)
    let directory = RunDirectory(path: path)
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    // What a run leaves that was killed before its run.yaml stood.
    let remains = contents.filter { $0.hasPrefix(KnownTree.temporaryConfiguration) }
    guard remains.count == contents.count else { throw inUse(path) }
    try RunDirectory.makeDirectory(path)
    guard chmod(path, 0o700) == 0 else { throw FileError.last("set the mode of", path) }
    let isFirst = try DurableFile.create(
      directory.configurationPath, with: Array(configuration.utf8),
      temporary: "\(path)/\(KnownTree.temporaryConfiguration)\(randomLetters(6))")
    guard isFirst else { throw inUse(path) }
    DurableFile.syncDirectory(of: path)
    for name in remains { unlink("\(path)/\(name)") }
    let run = OwnedRun(directory, try RunOwnership.take(path, terms))
    for file in [directory.metricsPath, directory.journalPath] {
      try DurableFile.replace(file, with: [])
    }
    return run
  }

  private static func inUse(_ path: String) -> RunError {
    RunError(
      .usage, "is not empty", place: path,
      remedy: "name a new directory, or go on with --resume \(path)")
  }

  /// Takes a run to go on with: puts a checkpoint in place that was being put in place.
  ///
  /// - Throws: `RunError`: .input for what is no run, .failure when a living process writes it.
  package static func take(
    _ path: String, _ terms: RunOwnership.Terms = .init()
  ) throws(RunError) -> OwnedRun {
    let directory = try RunDirectory.open(at: path)
    let run = OwnedRun(directory, try RunOwnership.take(path, terms))
    try run.ring.recover()
    return run
  }

  /// Adds readings that were taken afterwards to a run that nobody writes; all else stays as it is.
  ///
  /// - Throws: `RunError` (.failure), at once, where somebody writes it, or may.
  package static func enter(
    _ readings: [ProbeReading], at path: String
  ) throws(RunError) {
    let directory = try RunDirectory.open(at: path)
    if let owner = directory.owner, owner.isPresent { throw .owned(path, by: owner.record) }
    let run = OwnedRun(directory, try RunOwnership.take(path))
    defer { run.end() }
    var probes = try ProbeFile(directory)
    try probes.enter(readings)
  }

  private var ring: CheckpointRing { CheckpointRing(directory: directory) }

  /// Writes a set and makes it the newest.
  package func write(
    _ set: CheckpointSet, of configuration: RunConfiguration, stamp: RunStamp
  ) throws(RunError) {
    try checkOwnership()
    try ring.write(set, configuration, stamp)
    if let origin = configuration.from { try ring.carryTokenizer(of: origin, besides: set.step) }
  }

  func checkOwnership() throws(RunError) {
    guard !isLost else {
      throw RunError(
        .failure, "was taken over by another process while this one did not answer",
        place: directory.path, remedy: "look on with: magmascope watch \(directory.path)")
    }
  }

  /// Takes everything back to `checkpoint`, from where the run goes on (nil: to the start): rows,
  /// evaluations, probes and entries after it go, closing lines too.
  ///
  /// - Returns: the journal's entries that went; their changes can be made again when their steps
  ///   come.
  @discardableResult
  package func goOn(from checkpoint: CheckpointSet?) throws(RunError) -> [JournalEntry] {
    try checkOwnership()
    let step = checkpoint?.step ?? -1
    let metrics = try RecordsAtStep.metrics(of: directory, at: step)
    let probes = try RecordsAtStep.probes(of: directory, at: step)
    let journal = try RecordsAtStep.journal(of: directory, at: checkpoint)
    try RecordsAtStep.write(metrics.before, to: directory.metricsPath)
    try RecordsAtStep.write(journal.before, to: directory.journalPath)
    if FileManager.default.fileExists(atPath: directory.probesPath) {
      try RecordsAtStep.write(probes.before, to: directory.probesPath)
    }
    try ring.removeSets(after: step)
    if FileManager.default.fileExists(atPath: directory.stepsPath) {
      var rows = try RowWriter(directory)
      try rows.cut(after: max(0, step))
    }
    return RecordsAtStep.entries(journal.after)
  }
}

// MARK: Going back and branching off

extension OwnedRun {
  /// Goes back to `checkpoint`: what came after it moves into `branches/<step>-<n>`, and the
  /// checkpoint is the newest. Returns the branch; nil when nothing came after.
  package func rewind(
    to checkpoint: CheckpointSet, of configuration: RunConfiguration, stamp: RunStamp
  ) throws(RunError) -> RunDirectory? {
    try checkOwnership()
    let branch = try makeBranch(from: checkpoint)
    // From here on a kill leaves a run that goes on from this checkpoint, and cuts the rest then.
    try ring.write(checkpoint, configuration, stamp, thins: false)
    try goOn(from: checkpoint)
    // Gone back to before the step it was branched off at, it has less in common with its parent.
    if let origin = try directory.readFork(), origin.step > checkpoint.step {
      try directory.write(ForkOrigin(run: origin.run, step: checkpoint.step))
    }
    return branch
  }

  private func makeBranch(from checkpoint: CheckpointSet) throws(RunError) -> RunDirectory? {
    let step = checkpoint.step
    let metrics = try RecordsAtStep.metrics(of: directory, at: step)
    let probes = try RecordsAtStep.probes(of: directory, at: step)
    let journal = try RecordsAtStep.journal(of: directory, at: checkpoint)
    let rows = try RecordedRows(directory)
    let newest = rows.newestStep
    guard newest > step || !metrics.after.isEmpty || !journal.after.isEmpty else { return nil }
    let number = (1...).first { !OwnerFile.exists("\(directory.branchesPath)/\(step)-\($0)") } ?? 1
    let draft = RunDirectory(path: "\(directory.branchesPath)/.new-\(step)-\(number)")
    try RunDirectory.makeDirectory(draft.path)
    try RecordsAtStep.write(metrics.after, to: draft.metricsPath)
    try RecordsAtStep.write(journal.after, to: draft.journalPath)
    if !probes.after.isEmpty { try RecordsAtStep.write(probes.after, to: draft.probesPath) }
    if newest > step { try Self.copy(rows, (step + 1)...newest, to: draft) }
    for later in directory.checkpointSteps where later > step {
      try KnownTree.link(
        "\(directory.checkpointsPath)/\(later)", to: "\(draft.checkpointsPath)/\(later)")
    }
    let branch = RunDirectory(path: "\(directory.branchesPath)/\(step)-\(number)")
    try DurableFile.rename(draft.path, to: branch.path)
    return branch
  }

  /// Makes a run of its own out of a part of `parent`: its records and checkpoints up to
  /// `checkpoint`, copied, or linked where nobody writes them any more. It needs the parent no more.
  ///
  /// - Parameters:
  ///   - path: the new run's directory.
  ///   - text: its `run.yaml`: the settings of step 0; changes stand in the journal.
  ///   - origin: what the parent is called.
  package static func fork(
    _ parent: RunDirectory, at checkpoint: CheckpointSet,
    of configuration: RunConfiguration, to path: String, configuration text: String,
    stamp: RunStamp, origin: ForkOrigin
  ) throws(RunError) -> OwnedRun {
    let step = checkpoint.step
    let run = try create(at: path, configuration: text)
    let directory = run.directory
    try directory.write(origin)
    let metrics = try RecordsAtStep.metrics(of: parent, at: step)
    try RecordsAtStep.write(metrics.before, to: directory.metricsPath)
    let probes = try RecordsAtStep.probes(of: parent, at: step)
    if !probes.before.isEmpty { try RecordsAtStep.write(probes.before, to: directory.probesPath) }
    var journal = try RecordsAtStep.journal(of: parent, at: checkpoint)
    let entry = JournalEntry(.fork, step: step, text: origin.run)
    journal.before.append(String(try RunDirectory.line(entry).dropLast()))
    try RecordsAtStep.write(journal.before, to: directory.journalPath)
    let rows = try RecordedRows(parent)
    let newest = min(step, rows.newestStep)
    if newest > 0 { try copy(rows, 1...newest, to: directory) }
    for earlier in parent.checkpointSteps where earlier < step {
      try KnownTree.link(
        "\(parent.checkpointsPath)/\(earlier)", to: "\(directory.checkpointsPath)/\(earlier)")
    }
    try run.write(checkpoint, of: configuration, stamp: stamp)
    return run
  }

  /// Copies rows a thousand steps at a time.
  private static func copy(
    _ rows: RecordedRows, _ steps: ClosedRange<Int>, to directory: RunDirectory
  ) throws(RunError) {
    var writer = try RowWriter(directory)
    for start in stride(from: steps.lowerBound, through: steps.upperBound, by: 1_000) {
      try writer.append(rows.rows(in: start...min(start + 999, steps.upperBound)))
    }
    try writer.sync()
  }
}
