import EventStream
import Foundation
import RunModel
import RunStore

/// The threads of one process that work through the cells of one stage.
final class Crew: Sendable {
  private struct State: Sendable {
    var board: Board
    var reader: BoardReader
    var running: [String: CellWork] = [:]
    var threads = 0
    var done: Set<String>
    var lastLook: Duration?
    var events: [SweepWorker.Event] = []
    var failure: RunError?
  }

  private let folder: BoardFolder
  private let plan: SweepPlan
  private let cells: [String: StudyCell]
  private let owner: OwnerFile
  private let settings: SweepWorker.Settings
  private let wish: @Sendable () -> WorkerWish
  private let runCell: SweepWorker.RunCell
  private let state: Locked<State>
  private let arrived = DispatchSemaphore(value: 0)

  init(
    _ folder: BoardFolder, plan: SweepPlan, cells: [StudyCell], results: SweepResults,
    owner: OwnerFile, settings: SweepWorker.Settings, wish: @escaping @Sendable () -> WorkerWish,
    runCell: @escaping SweepWorker.RunCell
  ) throws {
    (self.folder, self.plan, self.owner, self.settings) = (folder, plan, owner, settings)
    (self.wish, self.runCell) = (wish, runCell)
    self.cells = Dictionary(cells.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let ids = cells.map(\.id)
    let known = Set(results.results.keys)
    let reader = BoardReader(folder, stale: settings.stale)
    var board: Board
    if let shard = settings.shard {
      let own = ids.indices.filter(shard.holds).map { ids[$0] }
      board = Board(cells: own, stale: settings.stale, needsClaims: false)
    } else {
      board = Board(cells: Board.order(ids, for: owner.record.name), stale: settings.stale)
      for (id, holding) in reader.holdings(without: known) { board.see(id, holding) }
    }
    board.see(done: known)
    for id in results.failed {
      if settings.retriesFailed {
        board.retry(id, after: reader.holding(id))
      } else {
        board.see(failed: [id])
      }
    }
    state = Locked(State(board: board, reader: reader, done: known.intersection(ids)))
  }

  /// Works until the stage is done, for this process at least; false when it was asked to leave.
  func work(_ onEvent: (SweepWorker.Event) throws -> Void) throws -> Bool {
    let publisher = CellPublisher(folder, owner: owner.record.name) { [self] in take($0) }
    try publisher.start()
    state.withLock { $0.threads = settings.jobs }
    for number in 0..<settings.jobs {
      try BackgroundThread.start("cell-\(number)") { [self] in
        loop(publisher)
        state.withLock { $0.threads -= 1 }
        arrived.signal()
      }
    }
    var nextBeat = monotonicTime() + settings.beat
    while state.withLock({ $0.threads > 0 }) {
      _ = arrived.wait(timeout: .now() + .milliseconds(200))
      try tell(onEvent)
      if monotonicTime() >= nextBeat {
        nextBeat = monotonicTime() + settings.beat
        beat()
      }
    }
    publisher.close()
    try tell(onEvent)
    if let failure = state.withLock(\.failure) { throw failure }
    return wish() != .stop
  }

  /// Hands on what has happened since the last call.
  private func tell(_ onEvent: (SweepWorker.Event) throws -> Void) throws {
    let events = state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
    for event in events { try onEvent(event) }
    let (done, running) = state.withLock { ($0.done.count, $0.running) }
    let shares = Dictionary(
      running.values.map { work in
        let details = work.details(at: .zero)
        return (plan.words(for: work.cell), Double(details.step) / Double(max(1, details.steps)))
      }, uniquingKeysWith: { first, _ in first })
    try onEvent(.standing(done: done, running: shares))
  }

  private func say(_ event: SweepWorker.Event) {
    state.withLock { $0.events.append(event) }
    arrived.signal()
  }

  private func fail(_ error: RunError) {
    state.withLock { if $0.failure == nil { $0.failure = error } }
    arrived.signal()
  }

  private var isEnding: Bool { wish() == .stop || state.withLock { $0.failure != nil } }
}

// MARK: The threads

extension Crew {
  private func loop(_ publisher: CellPublisher) {
    var pause = 0.05
    while !isEnding {
      if wish() == .wait {
        Thread.sleep(forTimeInterval: 0.05)
        continue
      }
      do throws(RunError) {
        switch try next() {
        case .work(let work):
          pause = 0.05
          train(work, publisher)
        case .again: continue
        case .wait:
          Thread.sleep(forTimeInterval: pause)
          pause = min(pause * 2, 0.5)
          lookAround(atLeastAfter: .milliseconds(Int(pause * 1000)))
        case .end: return
        }
      } catch {
        return fail(error)
      }
    }
  }

  private enum Step {
    case work(CellWork)
    case again, wait, end
  }

  private func next() throws(RunError) -> Step {
    lookAround(atLeastAfter: .seconds(1))
    switch state.withLock({ $0.board.next(now: monotonicTime()) }) {
    case .done: return .end
    case .wait: return .wait
    case .giveUp(let id):
      try giveUp(id)
      return .again
    case .take(let claim):
      guard let cell = cells[claim.cell] else { return .again }
      if folder.exists(folder.cell(claim.cell)) {
        state.withLock { state in
          state.board.see(done: [claim.cell])
          state.done.insert(claim.cell)
        }
        return .again
      }
      guard try take(claim) else { return .again }
      let work = CellWork(
        cell, claim: claim, configuration: plan.run(of: cell),
        partial: folder.partial(cell.id), begun: monotonicTime()
      ) { [self] in isEnding }
      state.withLock { $0.running[cell.id] = work }
      return .work(work)
    }
  }

  private func take(_ claim: Claim) throws(RunError) -> Bool {
    guard settings.shard == nil else { return true }
    switch try folder.take(claim.cell, claim.generation, owner: owner.record.name) {
    case .won: return true
    case .taken(let name):
      state.withLock {
        $0.board.lose(claim, to: name)
      }
      return false
    }
  }

  private func train(_ work: CellWork, _ publisher: CellPublisher) {
    defer { state.withLock { $0.running[work.cell.id] = nil } }
    do {
      let (result, cost) = try CellResult.reading(
        try runCell(work), of: work.cell, in: plan)
      var times = cost
      (times.host, times.cpu) = (owner.record.host, settings.details.cpu)
      publisher.publish(.init(result: result, times: times))
      state.withLock { $0.board.see(done: [result.id]) }
    } catch is CellInterrupted {
      guard work.isDropped else { return }
      state.withLock { $0.board.lose(work.claim, to: nil) }
      say(.lost(work.cell.id))
    } catch {
      fail(.wrapping(error))
    }
  }

  /// A cell that ended five owners must not eat the others: it is told, and the rest goes on.
  private func giveUp(_ id: String) throws(RunError) {
    let text =
      "{\"id\":\"\(id)\",\"reason\":\"\(Board.generations) workers ended without a result\"}\n"
    let aside = try folder.writeAside(text, for: folder.failed(id), owner: owner.record.name)
    _ = try folder.place(aside, at: folder.failed(id))
    state.withLock { $0.board.see(failed: [id]) }
  }

  private func take(_ answer: CellPublisher.Answer) {
    switch answer {
    case .kept(let cell):
      state.withLock { state in state.done.insert(cell.result.id) }
      say(.finished(cell.result, cell.times))
    case .differs(let cell): say(.alarm(cell.result.id))
    case .failed(let error): fail(error)
    }
  }
}

// MARK: What the others do

extension Crew {
  /// Reads the cells that others hold: their results, their latest claims, and whether their owners live.
  private func lookAround(atLeastAfter interval: Duration) {
    let now = monotonicTime()
    let held = state.withLock { state -> (cells: [String], owners: Set<String>)? in
      guard now - (state.lastLook ?? .zero) >= interval || state.lastLook == nil else { return nil }
      state.lastLook = now
      return (state.board.heldCells, state.board.owners)
    }
    guard let held else { return }
    let finished = held.cells.filter { folder.exists(folder.cell($0)) }
    let gone = held.cells.filter { folder.exists(folder.failed($0)) }
    var reader = state.withLock(\.reader)
    let dead = held.owners.filter { !reader.standing(of: $0).isPresent }
    let holdings = held.cells.map { ($0, reader.holding($0)) }
    state.withLock { [reader] state in
      state.reader = reader
      state.board.see(done: finished)
      state.done.formUnion(finished)
      if !settings.retriesFailed { state.board.see(failed: gone) }
      state.board.see(dead: dead)
      for (id, holding) in holdings { holding.map { state.board.see(id, $0) } }
    }
  }

  /// Tells what is under way, and drops the cells that somebody else has taken meanwhile.
  private func beat() {
    let now = monotonicTime()
    let running = state.withLock { Array($0.running.values) }
    var details = settings.details
    details.cells = running.map { $0.details(at: now) }.sorted { $0.id < $1.id }
    owner.describe(details.text)
    guard settings.shard == nil else { return }
    for work in running
    where folder.holder(work.claim.cell, work.claim.generation + 1) != nil { work.drop() }
  }
}
