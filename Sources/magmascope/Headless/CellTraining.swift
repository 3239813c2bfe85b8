import Foundation
import RunModel
import Studies
import Workloads

/// Trains the cells of a sweep; what their data need is prepared once for all of them.
struct CellTraining: Sendable {
  private let source: any WorkloadSource
  var yieldsToInterface = false

  /// - Parameter jobs: cells that are trained at a time.
  /// - Throws: `RunError` for data that cannot be read and for cells that do not fit into memory.
  init(_ plan: SweepPlan, jobs: Int) throws(RunError) {
    source = try MemoryCheck.draft(of: plan, jobs: jobs).trained()
  }

  /// Trains a cell from where its last owner got to, and keeps it every minute as far as it is.
  ///
  /// - Throws: `CellInterrupted` when it was told to stop; it is kept as far as it is.
  func train(
    _ work: CellWork, isWaiting: @escaping @Sendable () -> Bool = { false }
  ) throws -> [EvaluationRecord] {
    let keeper = CellCheckpoint(work)
    let beginning = keeper.beginning()
    var run = HeadlessRun(
      configuration: work.configuration, source: source.seeded(work.configuration.seed)
    ) { work.shouldStop ? .stop : isWaiting() ? .wait : .go }
    run.yieldsToInterface = yieldsToInterface
    run.recorder = keeper
    run.checkpointInterval = CellCheckpoint.interval
    run.checkpoint = beginning?.checkpoint
    var loss: Double?
    let result = try run.run(
      onEvent: { if case .evaluated(_, let record) = $0 { loss = record.trainLoss } },
      onProgress: { work.tell(step: $0, loss: loss) })
    if result.outcome == .stopped { throw CellInterrupted() }
    keeper.remove()
    return (beginning?.records ?? []) + result.records
  }
}
