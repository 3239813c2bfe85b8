import EventStream
import Explorer
import Foundation
import RunModel
import Statistics
import Studies
import Training
import Workloads

/// One sweep from its plan to its verdicts; `run` blocks the thread it is called on.
final class SweepWork: Sendable {
  enum Origin: Sendable {
    case new(SweepRequest)
    /// nil: the newest among the user's sweeps.
    case kept(String?)
  }

  /// What is known so far, for whoever looks.
  private struct Progress: Sendable {
    var painter: SweepPainter?
    /// The cells under way by name, and how far they are.
    var underWay: [String: Double] = [:]
    var failure: String?
    /// Whether something has changed since the last look.
    var isNew = false
  }

  /// What the user wants of the cells under way.
  let control = Locked(RunWish.go)
  let ended = DispatchSemaphore(value: 0)
  private let origin: Origin
  private let margin: Margin
  private let wake: @Sendable () -> Void
  private let progress = Locked(Progress())

  init(origin: Origin, margin: Margin, wake: @escaping @Sendable () -> Void) {
    (self.origin, self.margin, self.wake) = (origin, margin, wake)
  }

  /// How the sweep stands; nil when nothing has changed since the last call.
  func news() -> SweepPicture? {
    let seen = progress.withLock { progress -> Progress? in
      guard progress.isNew else { return nil }
      progress.isNew = false
      return progress
    }
    guard let seen else { return nil }
    if let failure = seen.failure {
      var picture = seen.painter?.picture ?? SweepPicture()
      picture.stage = .failed(failure)
      return picture
    }
    let isPaused = control.withLock { $0 } == .wait
    return seen.painter?.painted(underWay: seen.underWay, isPaused: isPaused)
  }

  func run() {
    defer { ended.signal() }
    do {
      try work()
    } catch {
      let reason = (error as? RunError)?.description ?? error.localizedDescription
      change { $0.failure = reason }
    }
  }

  private func work() throws {
    let (directory, plan, isNew) = try declared()
    _ = try WorkloadRegistry.source(for: plan.configuration)
    let (store, finished) = try SweepJob.open(directory, plan, isResuming: !isNew)
    let times = isNew ? [] : try StoredSweep(reading: directory).times
    var painter = SweepPainter(plan: plan, directory: directory, finished: finished, times: times)
    show(painter)
    let runner = SweepRunner(
      plan: plan, store: store, workers: RunController.coreCount,
      shouldStop: { [self] in wishOnceGoing == .stop },
      runCell: { [self] cell, configuration in try train(cell, configuration, plan) })
    let isComplete = try runner.run(finished: finished) { event in
      painter.note(event)
      show(painter)
    }
    painter.end(isComplete: isComplete, margin: margin)
    show(painter)
  }

  private func show(_ painter: SweepPainter) { change { $0.painter = painter } }

  private func change(_ body: (inout Progress) -> Void) {
    progress.withLock {
      body(&$0)
      $0.isNew = true
    }
    wake()
  }

  /// Waits while paused, before a cell begins.
  private var wishOnceGoing: RunWish {
    while true {
      let wish = control.withLock { $0 }
      if wish != .wait { return wish }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  private func declared() throws -> (directory: URL, plan: SweepPlan, isNew: Bool) {
    switch origin {
    case .new(let request):
      let plan = try SweepJob.plan(
        request.configuration, grids: request.grids, tuningSeeds: request.tuningSeeds,
        judgingSeeds: request.judgingSeeds)
      let path = request.directory ?? UserDirectories.newSweep(plan)
      return (URL(fileURLWithPath: path), plan, true)
    case .kept(let path):
      let directory = URL(fileURLWithPath: try path ?? UserDirectories.newestSweep())
      return (directory, try SweepJob.storedPlan(in: directory), false)
    }
  }

  private func train(
    _ cell: StudyCell, _ configuration: RunConfiguration, _ plan: SweepPlan
  ) throws -> [EvaluationRecord] {
    var run = try HeadlessRun(configuration: configuration) { [control] in
      control.withLock { $0 }
    }
    run.yieldsToInterface = true
    let name = plan.words(for: cell)
    let steps = Double(max(1, configuration.steps))
    change { $0.underWay[name] = 0 }
    defer { change { $0.underWay[name] = nil } }
    let result = try run.run(
      onEvent: { _ in },
      onProgress: { metrics in
        change { $0.underWay[name] = Double(metrics.step) / steps }
      })
    if result.outcome == .stopped { throw CellInterrupted() }
    return result.records
  }
}
