import Foundation
import RunModel
import Studies
import Synchronization
import Testing

struct SweepRunnerTests {
  /// What an uninterrupted sweep leaves behind.
  private func whole(_ plan: SweepPlan) throws -> Data {
    try StudyFixtures.inDirectory { (place: URL) throws in
      #expect(try run(plan, at: place, workers: 1))
      return try cells(at: place)
    }
  }

  private func cells(at place: URL) throws -> Data {
    try Data(contentsOf: place.appendingPathComponent(SweepStore.cellsName))
  }

  @discardableResult
  private func run(
    _ plan: SweepPlan, at place: URL, workers: Int, resuming: Bool = false, stopAfter: Int = .max,
    ran: Log? = nil
  ) throws -> Bool {
    let opened =
      resuming
      ? try SweepStore.resume(at: place, plan: plan)
      : (
        store: try SweepStore.create(at: place, plan: plan, configurationText: "x\n"), finished: []
      )
    let budget = Budget(stopAfter)
    let runner = SweepRunner(
      plan: plan, store: opened.store, workers: workers, shouldStop: { budget.take() },
      runCell: { _, configuration in
        StudyFixtures.records(of: configuration, divergingAbove: 0.05)
      })
    return try runner.run(finished: opened.finished) { event in
      if case .finished(let result, _) = event { ran?.append(result.id) }
    }
  }

  /// The ids of cells in the order in which they ran.
  private final class Log {
    var ids: [String] = []
    func append(_ id: String) { ids.append(id) }
  }

  /// Allows `limit` cells to begin.
  private final class Budget: Sendable {
    private let left: Atomic<Int>
    init(_ limit: Int) { left = Atomic(limit) }
    func take() -> Bool { left.subtract(1, ordering: .relaxed).oldValue <= 0 }
  }

  @Test func severalWorkersLeaveTheSameCellsAsOne() throws {
    let plan = try StudyFixtures.plan()
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { (place: URL) throws in
      #expect(try run(plan, at: place, workers: 4))
      #expect(try cells(at: place) == expected)
    }
  }

  @Test func aSweepStoppedAtAnyCellBoundaryEndsTheSameAfterResume() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let expected = try whole(plan)
    let total = expected.split(separator: 0x0A).count
    #expect(total == 9 + 6 + 3)
    for boundary in 0...total {
      try StudyFixtures.inDirectory { (place: URL) throws in
        #expect(try !run(plan, at: place, workers: 1, stopAfter: boundary))
        let kept = try StoredSweep(reading: place).cells.map(\.id)
        let ran = Log()
        #expect(try run(plan, at: place, workers: 1, resuming: true, ran: ran))
        #expect(ran.ids.count == total - kept.count)
        #expect(Set(ran.ids).isDisjoint(with: kept), "no finished cell runs again")
        #expect(try cells(at: place) == expected, "stopped after \(boundary)")
      }
    }
  }

  @Test func aTornLastLineCountsAsNeverWritten() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let expected = try whole(plan)
    for cut in [1, 7, 60] {
      try StudyFixtures.inDirectory { (place: URL) throws in
        #expect(try !run(plan, at: place, workers: 1, stopAfter: 4))
        let file = place.appendingPathComponent(SweepStore.cellsName)
        try (try Data(contentsOf: file)).dropLast(cut).write(to: file)
        let ran = Log()
        #expect(try run(plan, at: place, workers: 1, resuming: true, ran: ran))
        #expect(ran.ids.count == 18 - 3)
        #expect(try cells(at: place) == expected)
      }
    }
  }

  @Test func resumingAFinishedSweepRunsNothing() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { (place: URL) throws in
      try run(plan, at: place, workers: 1)
      let ran = Log()
      #expect(try run(plan, at: place, workers: 2, resuming: true, ran: ran))
      #expect(ran.ids.isEmpty)
    }
  }

  @Test func resumingRefusesAnotherPlan() throws {
    try StudyFixtures.inDirectory { (place: URL) throws in
      try run(try StudyFixtures.plan(tuning: 1, judging: 2), at: place, workers: 1, stopAfter: 2)
      let others = [
        (try StudyFixtures.plan(grids: ["lr=1e-3..1e-1:4"], tuning: 1, judging: 2), "grid"),
        (try StudyFixtures.plan(["adam", "sgd"], tuning: 1, judging: 2), "list of arms"),
        (try StudyFixtures.plan(tuning: 2, judging: 2), "number of tuning seeds"),
        (try StudyFixtures.plan(tuning: 1, judging: 3), "number of judging seeds"),
      ]
      for (plan, word) in others {
        let error = #expect(throws: RunError.self) {
          try SweepStore.resume(at: place, plan: plan)
        }
        #expect(error?.message.contains(word) == true, "\(error?.description ?? "")")
      }
    }
  }

  @Test func aDirectoryInUseIsRefused() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { (place: URL) throws in
      try run(plan, at: place, workers: 1, stopAfter: 2)
      let error = #expect(throws: RunError.self) {
        try SweepStore.create(at: place, plan: plan, configurationText: "")
      }
      #expect(error?.remedy.contains("--resume") == true)
    }
  }

  @Test func aKillWhileBeginningLeavesNothingInTheWay() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let files = FileManager.default
    try StudyFixtures.inDirectory { (parent: URL) throws in
      let place = parent.appendingPathComponent("sweep")
      // What a kill leaves at worst: a half-filled draft, and an empty directory of the user's.
      let draft = parent.appendingPathComponent(".sweep" + SweepStore.draftSuffix)
      try files.createDirectory(at: draft, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: draft.appendingPathComponent("run.yaml"))
      #expect(SweepStore.isFree(place))
      try files.createDirectory(at: place, withIntermediateDirectories: true)
      #expect(SweepStore.isFree(place))
      #expect(try run(plan, at: place, workers: 1))
      #expect(!SweepStore.isFree(place))
      #expect(!files.fileExists(atPath: draft.path))
      #expect(try StoredSweep(reading: place).plan == plan)
    }
  }

  @Test func aFailingCellEndsTheSweepAndKeepsTheOthers() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { (place: URL) throws in
      let store = try SweepStore.create(at: place, plan: plan, configurationText: "")
      let runner = SweepRunner(
        plan: plan, store: store, workers: 1,
        runCell: { cell, configuration in
          if cell.point == 1 { throw RunError(.failure, "disk on fire") }
          return StudyFixtures.records(of: configuration)
        })
      #expect(throws: RunError.self) { try runner.run { _ in } }
      #expect(try StoredSweep(reading: place).cells.count == 3)
    }
  }

  @Test func aRunWithoutAClosingLineIsNoResult() throws {
    let plan = try StudyFixtures.plan()
    let cell = plan.tuningCells[0]
    let records = StudyFixtures.records(of: plan.run(of: cell)).filter { $0.final != true }
    #expect(throws: RunError.self) { try CellResult.reading(records, of: cell, in: plan) }
  }
}
