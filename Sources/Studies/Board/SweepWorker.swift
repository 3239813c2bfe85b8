import EventStream
import Foundation
import RunModel
import RunStore

/// Works on a sweep's directory, beside any number of others, until it is complete or told to leave.
package final class SweepWorker: Sendable {
  /// Trains the run of a cell on the calling thread and returns all its records.
  ///
  /// - Throws: `CellInterrupted` when it ended because of `CellWork.shouldStop`.
  package typealias RunCell = @Sendable (CellWork) throws -> [EvaluationRecord]

  /// What a process brings to a sweep.
  package struct Settings: Sendable {
    /// Cells at a time.
    package var jobs = 1
    /// The share of the cells that is this process's alone: no claims are made.
    package var shard: Shard?
    package var stale = OwnerJudge.defaultStale
    package var beat = OwnerFile.defaultBeat
    package var retriesFailed = false
    package var details = WorkerDetails()

    package init() {}
  }

  /// What the worker tells while it works, on the thread that called `run`.
  package enum Event: Sendable {
    case stage(SweepStage, plan: SweepPlan, results: [CellResult])
    case finished(CellResult, CellTimes)
    /// Cells of the stage with a result, whoever made it.
    case standing(done: Int, running: [String: Double])
    /// A cell came out otherwise than another worker's: the program or a machine is at fault.
    case alarm(String)
    case lost(String)
  }

  package enum Outcome: Sendable, Equatable {
    case complete
    /// Every cell is done but these, which ended all their owners.
    case failed([String])
    /// Cells are left: the worker was asked to leave, or its shard is done.
    case left
  }

  private let folder: BoardFolder
  private let plan: SweepPlan
  private let settings: Settings
  private let runCell: RunCell
  private let wish: @Sendable () -> WorkerWish

  /// - Parameter wish: asked all the time: whether to go on, wait or leave.
  package init(
    _ folder: BoardFolder, plan: SweepPlan, settings: Settings = Settings(),
    wish: @escaping @Sendable () -> WorkerWish = { .go }, runCell: @escaping RunCell
  ) {
    (self.folder, self.plan, self.settings) = (folder, plan.declared, settings)
    (self.wish, self.runCell) = (wish, runCell)
  }

  /// Works until nothing is left to do here. `onEvent` is called on this thread.
  package func run(onEvent: (Event) throws -> Void = { _ in }) throws -> Outcome {
    try folder.prepare()
    var record = OwnerRecord.current
    record.details = settings.details.text
    guard
      let owner = try OwnerFile.create(
        at: folder.worker(record.name), record, every: settings.beat)
    else {
      throw RunError(
        .failure, "the name is taken", place: folder.worker(record.name), remedy: "start it again")
    }
    defer { owner.end() }
    var results = SweepResults(folder)
    try results.load()
    // Failed cells that are still to be tried once more.
    var pardoned = settings.retriesFailed ? results.failed : []
    while true {
      try results.load()
      let failed = results.failed.subtracting(pardoned)
      let (plan, stage) = plan.course(results.all, failed: failed)
      try onEvent(.stage(stage, plan: plan, results: results.all))
      let cells: [StudyCell]
      switch stage {
      case .complete(let cells): return try finish(cells, results, owner.record.name)
      case .tuning(let open), .judging(let open): cells = open
      }
      let crew = try Crew(
        folder, plan: plan, cells: cells, results: results, owner: owner, settings: settings,
        wish: wish, runCell: runCell)
      guard try crew.work(onEvent) else { return .left }
      pardoned.subtract(cells.map(\.id))
      // By opening each: a listing may not show yet what others have just finished.
      try results.load(cells.map(\.id))
      let known = results.known
      guard cells.contains(where: { !known.contains($0.id) }) else { continue }
      // A shard never waits for the others.
      if settings.shard != nil { return .left }
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  private func finish(
    _ cells: [StudyCell], _ results: SweepResults, _ owner: String
  ) throws -> Outcome {
    let missing = cells.map(\.id).filter { results.results[$0] == nil }
    guard missing.isEmpty else { return .failed(missing) }
    try results.gather(cells, owner: owner)
    return .complete
  }
}

/// What whoever started a worker wants of it now.
package enum WorkerWish: Sendable {
  case go, wait
  /// For good.
  case stop
}

/// Thrown by a cell that ended before its last step; the cell counts as not finished.
package struct CellInterrupted: Error {
  package init() {}
}

/// One of several equal shares of the cells: `0/4`.
package struct Shard: Sendable, Hashable {
  package var index: Int
  package var count: Int

  package init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

  /// Reads `I/N`, I counted from 0; `auto` takes the task's place in a Slurm array.
  package init(_ text: String, environment: [String: String]) throws(RunError) {
    let parts: [Int?]
    if text == "auto" {
      let first = environment["SLURM_ARRAY_TASK_MIN"].flatMap(Int.init) ?? 0
      parts = [
        environment["SLURM_ARRAY_TASK_ID"].flatMap(Int.init).map { $0 - first },
        environment["SLURM_ARRAY_TASK_COUNT"].flatMap(Int.init),
      ]
    } else {
      parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count > 0,
      (0..<count).contains(index)
    else {
      throw RunError(
        .usage, "'\(text)' is no share of the cells", place: "--shard",
        remedy: text == "auto"
          ? "it needs SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT; else write 0/4"
          : "write I/N with I from 0 to N-1, for example 0/4")
    }
    self.init(index: index, count: count)
  }

  func holds(_ place: Int) -> Bool { place % count == index }
}
