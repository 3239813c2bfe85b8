import EventStream
import Explorer
import Foundation
import Presets
import RunModel
import RunStore
import Training
import Workloads

/// Takes a stopped run back to a step, or makes a run of its own out of it, by computing the step's
/// boundary again from the nearest checkpoint.
struct ReplayDesk {
  /// The run that goes on, and from where.
  struct Result {
    var run: OwnedRun
    var configuration: RunConfiguration
    var source: any WorkloadSource
    var checkpoint: CheckpointSet?
    var note: String
  }

  let run: OwnedRun
  let order: BranchOrder
  let watch: ReplayWatch

  func work() throws(RunError) -> Result {
    let repeatable = try RepeatableRun(run.directory)
    let (configuration, source) = (repeatable.configuration, repeatable.replay.source)
    if case .join(let arm, _) = order { return try join(arm, configuration, source) }
    guard let boundary = try repeatable.boundary(after: order.step, watch) else {
      return try asItWas(configuration, source, because: "given up")
    }
    switch order {
    case .rewind(let step):
      _ = try run.rewind(to: boundary, of: configuration, stamp: .current(configuration))
      return Result(
        run: run, configuration: configuration, source: source, checkpoint: boundary,
        note: "back at step \(step), paused: Space goes on; what came after is kept as a branch")
    case .join: return try asItWas(configuration, source, because: "nothing to join")
    case .fork(let step, let other):
      var boundary = boundary
      if let other { boundary.journal.append(other.entry(after: step)) }
      let fork = try fork(boundary, configuration, at: step)
      run.end()
      let change = other.map { ", \($0.letter) as \($0.specification.name) from its next step" }
      return Result(
        run: fork, configuration: configuration, source: source, checkpoint: boundary,
        note: "a run of its own from step \(step)\(change ?? ""), paused: "
          + "turn its knobs, Space goes on")
    }
  }

  /// The run where it stopped, unchanged.
  private func asItWas(
    _ configuration: RunConfiguration, _ source: any WorkloadSource, because reason: String
  ) throws(RunError) -> Result {
    let newest = try run.directory.readCheckpoint(of: configuration)
    try run.goOn(from: newest)
    return Result(
      run: run, configuration: configuration, source: source, checkpoint: newest,
      note: "\(reason): the run stands at step \(newest?.step ?? 0), paused")
  }

  /// Trains an arm from step 0 to where the others stand, and adds it to them.
  private func join(
    _ specification: ArmSpecification, _ configuration: RunConfiguration,
    _ source: any WorkloadSource
  ) throws(RunError) -> Result {
    guard var others = try run.directory.readCheckpoint(of: configuration) else {
      return try asItWas(configuration, source, because: "nothing is trained yet")
    }
    try run.goOn(from: others)
    let course = RunCourse(configuration, journal: others.journal)
    let lane = Lane.next(specification, after: course.roster.map(\.lane))
    let arm = RunArm(id: course.nextID, lane: lane, specification: specification)
    var entry = JournalEntry(.join, step: others.step + 1, arm: arm.id)
    entry.joined = arm
    others.journal.append(entry)
    let kept = try KeptRun(run, configuration) { _ in }
    kept.recorder.record(.journaled(entry))
    let outcome = caughtUp(arm, with: others, configuration, source, kept)
    _ = kept.recorder.close()
    guard case .success(let joined?) = outcome else {
      return try asItWas(
        configuration, source, because: outcome.failure?.description ?? "given up")
    }
    try run.write(joined, of: configuration.begun, stamp: .current(configuration))
    return Result(
      run: run, configuration: configuration, source: source, checkpoint: joined,
      note: "\(lane.letter) \(specification.name) has caught up with step \(others.step), paused: "
        + "Space goes on; added after seeing: at most grade C")
  }

  private func caughtUp(
    _ arm: RunArm, with others: CheckpointSet, _ configuration: RunConfiguration,
    _ source: any WorkloadSource, _ kept: KeptRun
  ) -> Swift.Result<CheckpointSet?, RunError> {
    let replay = Replay(
      configuration: configuration, journal: others.journal, source: source)
    do throws(RunError) {
      return .success(
        try replay.catchUp(
          [arm], with: others, channels: RunChannels(recorder: kept.recorder),
          while: watch.from(0, to: others.step)))
    } catch {
      return .failure(error)
    }
  }

  private func fork(
    _ boundary: CheckpointSet, _ configuration: RunConfiguration, at step: Int
  ) throws(RunError) -> OwnedRun {
    let path = RunShelf(path: UserDirectories.runs)
      .newPath(time: UserDirectories.timeStamp(), title: configuration.title)
    let parent = (run.directory.path as NSString).lastPathComponent
    return try OwnedRun.fork(
      run.directory, at: boundary, of: configuration.begun, to: path,
      configuration: try PresetWriter.yaml(configuration.begun), stamp: .current(configuration),
      origin: ForkOrigin(run: parent, step: step))
  }
}

extension Swift.Result where Failure == RunError {
  fileprivate var failure: RunError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
