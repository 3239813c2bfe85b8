import EventStream
import Foundation
import RunModel

/// Works through a sweep's cells, several at a time, and keeps each as soon as it is finished.
package struct SweepRunner {
  /// Trains the run of a cell on the calling thread and returns all its records.
  package typealias RunCell = @Sendable (StudyCell, RunConfiguration) throws -> [EvaluationRecord]

  /// What the runner tells while it works.
  package enum Event: Sendable {
    /// Cells already finished and cells to come, told before the first one of a phase starts.
    case phase(CellPhase, finished: Int, total: Int)
    case finished(CellResult, CellTimes)
  }

  package var plan: SweepPlan
  package var store: SweepStore
  /// Cells at a time.
  package var workers: Int
  package var runCell: RunCell
  /// Asked between cells; when true, nothing new is begun.
  package var shouldStop: @Sendable () -> Bool

  package init(
    plan: SweepPlan, store: SweepStore, workers: Int,
    shouldStop: @escaping @Sendable () -> Bool = { false }, runCell: @escaping RunCell
  ) {
    (self.plan, self.store, self.workers) = (plan, store, max(1, workers))
    (self.shouldStop, self.runCell) = (shouldStop, runCell)
  }

  /// Runs what `finished` lacks. `onEvent` is called on this thread.
  ///
  /// - Returns: whether the sweep is complete; false when `shouldStop` ended it early.
  package func run(finished: [CellResult] = [], onEvent: (Event) throws -> Void) throws -> Bool {
    var results = finished
    guard try work(through: plan.tuningCells, .tuning, &results, onEvent) else { return false }
    let best = SweepFindings(plan: plan, results: results).bestPoints
    let judging = plan.judgingCells(best: best)
    guard try work(through: judging, .judging, &results, onEvent) else { return false }
    try store.finish(order: plan.tuningCells + judging)
    return true
  }

  private func work(
    through cells: [StudyCell], _ phase: CellPhase, _ results: inout [CellResult],
    _ onEvent: (Event) throws -> Void
  ) throws -> Bool {
    let done = Set(results.map(\.id))
    let open = cells.filter { !done.contains($0.id) }
    try onEvent(.phase(phase, finished: cells.count - open.count, total: cells.count))
    guard !open.isEmpty else { return true }
    let queue = CellQueue(open)
    defer { queue.close() }
    let threads = min(workers, open.count)
    for _ in 0..<threads { startWorker(queue) }
    var running = threads
    var count = 0
    while running > 0 {
      switch queue.next() {
      case .ended: running -= 1
      case .failed(let error): throw error
      case .finished(let cell, let records):
        let (result, times) = try CellResult.reading(records, of: cell, in: plan)
        try store.append(result, times: times)
        results.append(result)
        count += 1
        try onEvent(.finished(result, times))
      }
    }
    return count == open.count
  }

  private func startWorker(_ queue: CellQueue) {
    let (plan, runCell, shouldStop) = (plan, runCell, shouldStop)
    let thread = Thread {
      while !shouldStop(), let cell = queue.take() {
        do {
          queue.answer(.finished(cell, try runCell(cell, plan.run(of: cell))))
        } catch is CellInterrupted {
          break
        } catch {
          queue.answer(.failed(error))
          break
        }
      }
      queue.answer(.ended)
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
}

/// Thrown by a cell that a signal ended before its last step; the cell counts as never begun.
package struct CellInterrupted: Error {
  package init() {}
}

/// The cells still to run and the answers of those who run them.
private final class CellQueue: Sendable {
  enum Answer: Sendable {
    case finished(StudyCell, [EvaluationRecord])
    case failed(any Error)
    case ended
  }

  private let cells: Locked<ArraySlice<StudyCell>>
  private let answers = Locked<[Answer]>([])
  private let arrived = DispatchSemaphore(value: 0)

  init(_ cells: [StudyCell]) { self.cells = Locked(cells[...]) }

  /// The next cell to run, nil when none is left.
  func take() -> StudyCell? { cells.withLock { $0.popFirst() } }

  /// Lets the workers end after what they are at.
  func close() { cells.withLock { $0 = [] } }

  func answer(_ answer: Answer) {
    answers.withLock { $0.append(answer) }
    arrived.signal()
  }

  /// Waits for the next answer.
  func next() -> Answer {
    arrived.wait()
    return answers.withLock { $0.isEmpty ? .ended : $0.removeFirst() }
  }
}
