import EventStream
import Explorer
import Foundation
import RunModel
import RunStore
import Statistics
import Studies
import TensorKernels
import Training

/// One sweep from its plan to its verdicts, worked on or only looked at; `run` blocks its thread.
final class SweepWork: Sendable {
  enum Origin: Sendable {
    case new(SweepRequest)
    /// Works on the sweep of a directory; nil: the newest among the user's sweeps.
    case kept(String?)
    /// Goes on outward from the edges of a sweep, in a directory of its own.
    case extended(String, by: Int)
    /// Looks at it, whoever works on it.
    case watched(String?)
  }

  /// What is known so far, for whoever looks.
  private struct Progress: Sendable {
    var painter: SweepPainter?
    var failure: String?
    /// Whether something has changed since the last look.
    var isNew = false
  }

  /// What the user wants of the cells under way.
  let control = Locked(RunWish.go)
  let ended = DispatchSemaphore(value: 0)
  private let origin: Origin
  let margin: Margin
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
    var picture = seen.painter?.picture ?? SweepPicture()
    if let failure = seen.failure { picture.stage = .failed(failure) }
    picture.isPaused = picture.isUnderWay && control.withLock { $0 } == .wait
    return picture
  }

  func run() {
    defer { ended.signal() }
    do {
      switch origin {
      case .new(let request): try work(try begun(request))
      case .kept(let path):
        let directory = try Self.directory(path)
        try work((directory, try SweepJob.stored(in: directory)))
      case .extended(let path, let points): try work(try extended(path, by: points))
      case .watched(let path): try watch(try Self.directory(path))
      }
    } catch {
      let reason = (error as? RunError)?.description ?? error.localizedDescription
      change { $0.failure = reason }
    }
  }

  private static func directory(_ path: String?) throws -> URL {
    StudyFiles.directory(try path ?? UserDirectories.newestSweep())
  }

  private func begun(_ request: SweepRequest) throws -> (URL, SweepPlan) {
    let plan = try SweepJob.plan(
      request.configuration,
      .init(
        grids: request.grids, tuningSeeds: request.tuningSeeds,
        judgingSeeds: request.judgingSeeds, extending: request.extending,
        hasControl: request.hasControl))
    _ = try MemoryCheck.draft(of: plan)
    let directory = StudyFiles.directory(request.directory ?? UserDirectories.newSweep(plan))
    return (directory, try SweepJob.begin(directory, plan))
  }

  private func extended(_ path: String, by points: Int) throws -> (URL, SweepPlan) {
    let source = try Self.directory(path)
    let declared = try SweepJob.stored(in: source)
    let plan = declared.extended(by: points)
    let directory = StudyFiles.directory(UserDirectories.newSweep(plan))
    let begun = try SweepJob.begin(directory, plan)
    try BoardFolder(directory).inherit(from: BoardFolder(source), of: declared)
    return (directory, begun)
  }

  private func show(_ painter: SweepPainter) { change { $0.painter = painter } }

  private func change(_ body: (inout Progress) -> Void) {
    progress.withLock {
      body(&$0)
      $0.isNew = true
    }
    wake()
  }
}

// MARK: Working

extension SweepWork {
  private func work(_ sweep: (directory: URL, plan: SweepPlan)) throws {
    let folder = BoardFolder(sweep.directory)
    var training = try CellTraining(sweep.plan, jobs: RunController.coreCount)
    training.yieldsToInterface = true
    var painter = SweepPainter(plan: sweep.plan, folder: folder)
    show(painter)
    let isBegun = folder.isBegun
    painter.begin(estimate: isBegun ? "" : try SweepEstimate(sweep.plan).text)
    show(painter)
    var settings = SweepWorker.Settings()
    settings.jobs = RunController.coreCount
    settings.details = WorkerDetails(cpu: Machine.processorName)
    let worker = SweepWorker(
      folder, plan: sweep.plan, settings: settings,
      wish: { [control] in control.withLock { $0 }.ofWorker },
      runCell: { [control, training] work in
        try training.train(work) { control.withLock { $0 } == .wait }
      })
    let outcome = try worker.run { event in
      if painter.note(event) { show(painter) }
    }
    painter.end(isComplete: outcome == .complete, margin: margin)
    show(painter)
  }
}

extension RunWish {
  fileprivate var ofWorker: WorkerWish {
    switch self {
    case .go: .go
    case .wait: .wait
    case .stop: .stop
    }
  }
}

// MARK: Looking

extension SweepWork {
  /// Looks once a second until the sweep is complete; writes nothing.
  private func watch(_ directory: URL) throws {
    let folder = BoardFolder(directory)
    let plan = try SweepJob.readable(in: directory)
    var painter = SweepPainter(plan: plan, folder: folder)
    var watch = SweepWatch(folder, plan: plan)
    while control.withLock({ $0 }) != .stop {
      let status = watch.look()
      try painter.note(status)
      show(painter)
      if status.phase == .complete {
        painter.end(isComplete: true, margin: margin)
        return show(painter)
      }
      for _ in 0..<20 where control.withLock({ $0 }) != .stop {
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
  }
}
