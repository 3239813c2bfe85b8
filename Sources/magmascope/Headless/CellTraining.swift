import Foundation
import RunModel
import Studies
import Workloads

/// Trains the cells of a sweep; what their data need is prepared once for all of them.
struct CellTraining: Sendable {
  private let source: any WorkloadSource
  var yieldsToInterface = false

  /// - Throws: `RunError` for data that cannot be read, before anything is trained.
  init(_ plan: SweepPlan) throws(RunError) {
    source = try WorkloadRegistry.source(for: plan.configuration)
  }

  func train(_ work: CellWork, isWaiting: @escaping @Sendable () -> Bool = { false }) throws
    -> [EvaluationRecord]
  {
    var run = HeadlessRun(
      configuration: work.configuration, source: source.seeded(work.configuration.seed)
    ) { work.shouldStop ? .stop : isWaiting() ? .wait : .go }
    run.yieldsToInterface = yieldsToInterface
    let result = try run.run(
      onEvent: { _ in },
      onProgress: { row in work.tell(step: row.step, loss: row.trainLoss) })
    if result.outcome == .stopped { throw CellInterrupted() }
    return result.records
  }
}
