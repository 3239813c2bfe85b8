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
  /// False once the user has given up.
  let wish: Locked<Bool>
  /// Told of the step that is reached, and the seconds that are left.
  let progress: @Sendable (Int, Double?) -> Void

  func work() throws(RunError) -> Result {
    let configuration = try StoredRun.configuration(of: run.directory)
    let source = try WorkloadRegistry.source(for: configuration)
    guard let boundary = try boundary(configuration, source) else {
      let newest = try run.directory.readCheckpoint(of: configuration)
      try run.goOn(from: newest)
      return Result(
        run: run, configuration: configuration, source: source, checkpoint: newest,
        note: "given up: the run stands at step \(newest?.step ?? 0), paused")
    }
    switch order {
    case .rewind(let step):
      _ = try run.rewind(to: boundary, of: configuration, stamp: .current)
      return Result(
        run: run, configuration: configuration, source: source, checkpoint: boundary,
        note: "back at step \(step), paused: Space goes on; what came after is kept as a branch")
    case .fork(let step):
      let fork = try fork(boundary, configuration, at: step)
      run.end()
      return Result(
        run: fork, configuration: configuration, source: source, checkpoint: boundary,
        note: "a run of its own from step \(step), paused: turn its knobs, Space goes on")
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
      configuration: try PresetWriter.yaml(configuration.begun), stamp: .current,
      origin: ForkOrigin(run: parent, step: step))
  }

  /// The boundary after the wanted step; nil when given up.
  private func boundary(
    _ configuration: RunConfiguration, _ source: any WorkloadSource
  ) throws(RunError) -> CheckpointSet? {
    let start = try run.directory.readCheckpoint(atOrBefore: order.step, of: configuration)
    let replay = Replay(
      configuration: configuration, journal: try run.directory.readJournal(), source: source)
    let begun = ContinuousClock.now
    let first = start?.step ?? 0
    return try replay.boundary(after: order.step, from: start) { step in
      let seconds = Double(begun.duration(to: .now) / .milliseconds(1)) / 1000
      let rate = Double(step - first) / max(seconds, 1e-3)
      progress(step, rate > 0 ? Double(order.step - step) / rate : nil)
      return wish.withLock(\.self)
    }
  }
}
