import Dispatch
import EventStream
import Foundation
import RunModel
import RunStore
import Studies
import Synchronization
import Testing

struct SweepWorkerTests {
  /// Ids of the cells that were trained, by whichever thread.
  private final class Log: Sendable {
    private let all = Locked<[String]>([])
    func append(_ id: String) { all.withLock { $0.append(id) } }
    var ids: [String] { all.withLock { $0 } }
  }

  private func begin(_ plan: SweepPlan, at place: URL) throws {
    #expect(try BoardFolder(place).begin(plan, configurationText: "x\n") == .begun)
  }

  @discardableResult
  private func work(
    _ plan: SweepPlan, at place: URL, jobs: Int = 1, shard: Shard? = nil, stopAfter: Int = .max,
    log: Log = Log(), retrying: Bool = false
  ) throws -> SweepWorker.Outcome {
    var settings = SweepWorker.Settings()
    (settings.jobs, settings.shard, settings.retriesFailed) = (jobs, shard, retrying)
    let begun = Locked(0)
    return try SweepWorker(
      BoardFolder(place), plan: plan, settings: settings,
      wish: { begun.withLock { $0 } >= stopAfter ? .stop : .go }
    ) { work in
      if begun.withLock({
        $0 += 1; return $0
      }) > stopAfter {
        throw CellInterrupted()
      }
      log.append(work.cell.id)
      return StudyFixtures.records(of: work.configuration, divergingAbove: 0.05)
    }.run()
  }

  /// The best rate of the made-up runs is 0.01, beyond this grid.
  private func edged(_ grids: [String], extending: Int = 0) throws -> SweepPlan {
    var plan = try StudyFixtures.plan(["adam", "magma(adam)"], grids: grids)
    plan.extensionLimit = extending > 0 ? extending : nil
    return plan
  }

  @Test(arguments: [
    (["lr=1e-3..2e-3:2"], 8), (["a:lr=5e-3..2e-2:3", "m:lr=1e-3..4e-3:3"], 12 + 6 + 1),
  ])
  func anExtendedSweepTrainsOnlyWhatIsNewAndEndsAsIfExtendedBeforehand(
    _ grids: [String], _ taken: Int
  ) throws {
    let declared = try edged(grids)
    let beforehand = try whole(try edged(grids, extending: 3))
    try StudyFixtures.inDirectory { first in
      try begin(declared, at: first)
      #expect(try work(declared, at: first) == .complete)
      let kept = try cells(at: first)
      try StudyFixtures.inDirectory { second in
        let plan = declared.extended(by: 3)
        #expect(plan.extensionLimit == 3 && plan.axes == declared.axes)
        try begin(plan, at: second)
        let folder = BoardFolder(second)
        #expect(try folder.inherit(from: BoardFolder(first), of: declared) == taken)
        let log = Log()
        #expect(try work(plan, at: second, log: log) == .complete)
        #expect(try cells(at: second) == beforehand)
        let lines = beforehand.split(separator: UInt8(ascii: "\n")).count
        #expect(log.ids.count == lines - taken, "what was done is not done again")
        #expect(folder.list("cells").filter { $0.hasSuffix(".json") }.count == lines, "no orphans")
      }
      #expect(try cells(at: first) == kept, "the sweep it came from stays as it was")
    }
  }

  private func cells(at place: URL) throws -> Data {
    try Data(contentsOf: place.appendingPathComponent(BoardFolder.cellsName))
  }

  /// What one worker leaves behind alone.
  private func whole(_ plan: SweepPlan) throws -> Data {
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      #expect(try work(plan, at: place) == .complete)
      return try cells(at: place)
    }
  }

  @Test func severalThreadsLeaveTheSameBytesAsOne() throws {
    let plan = try StudyFixtures.plan()
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let log = Log()
      #expect(try work(plan, at: place, jobs: 4, log: log) == .complete)
      #expect(try cells(at: place) == expected)
      #expect(Set(log.ids).count == log.ids.count)
    }
  }

  @Test func workersBesideOneAnotherComputeNoCellTwiceAndLeaveTheSameBytes() throws {
    let plan = try StudyFixtures.plan()
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let log = Log()
      let outcomes = Locked<[SweepWorker.Outcome]>([])
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        guard let outcome = try? work(plan, at: place, jobs: 2, log: log) else { return }
        outcomes.withLock { $0.append(outcome) }
      }
      #expect(outcomes.withLock { $0 } == Array(repeating: .complete, count: 4))
      #expect(Set(log.ids).count == log.ids.count, "no cell twice")
      #expect(try cells(at: place) == expected)
    }
  }

  @Test func sharesTogetherDoAllAndNoneWaitsForAnother() throws {
    let plan = try StudyFixtures.plan()
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let log = Log()
      for index in 0..<3 {
        let outcome = try work(plan, at: place, shard: Shard(index: index, count: 3), log: log)
        #expect(outcome == .left, "tuning is not complete, or judging is not")
      }
      for index in 0..<3 {
        try work(plan, at: place, shard: Shard(index: index, count: 3), log: log)
      }
      #expect(try cells(at: place) == expected)
      #expect(Set(log.ids).count == log.ids.count)
    }
  }

  @Test func aSweepLeftAtAnyCellEndsTheSame() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let expected = try whole(plan)
    let total = expected.split(separator: 0x0A).count
    #expect(total == 9 + 6 + 3)
    for boundary in 0..<total {
      try StudyFixtures.inDirectory { place in
        try begin(plan, at: place)
        #expect(try work(plan, at: place, stopAfter: boundary) == .left)
        let kept = try StoredSweep(reading: place).cells.map(\.id)
        #expect(kept.count == boundary)
        let log = Log()
        #expect(try work(plan, at: place, log: log) == .complete)
        #expect(log.ids.count == total - kept.count)
        #expect(Set(log.ids).isDisjoint(with: kept), "no finished cell runs again")
        #expect(try cells(at: place) == expected, "left after \(boundary)")
      }
    }
  }

  @Test func aCompleteSweepRunsNothing() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      try work(plan, at: place)
      let log = Log()
      #expect(try work(plan, at: place, jobs: 2, log: log) == .complete)
      #expect(log.ids.isEmpty)
    }
  }

  /// A worker of this machine whose process is gone, holding `cells`.
  private func leaveDeadWorker(_ name: String, holding cells: [Claim], at place: URL) throws {
    let folder = BoardFolder(place)
    for part in BoardFolder.folders {
      try FileManager.default.createDirectory(
        at: place.appendingPathComponent(part), withIntermediateDirectories: true)
    }
    var record = OwnerRecord.current
    // No process has ever had this start.
    (record.name, record.started) = (name, 1)
    let owner = try #require(try OwnerFile.create(at: folder.worker(name), record))
    for claim in cells {
      try Data((name + "\n").utf8).write(
        to: place.appendingPathComponent("claims/\(claim.cell).\(claim.generation)"))
    }
    withExtendedLifetime(owner) {}
  }

  @Test func cellsOfADeadWorkerAreTakenOver() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let held = plan.tuningCells.prefix(4).map { Claim(cell: $0.id, generation: 0) }
      try leaveDeadWorker("gone-1-abcd", holding: held, at: place)
      var watch = SweepWatch(BoardFolder(place), plan: plan)
      #expect(watch.look().cells.abandoned == 4)
      let clock = ContinuousClock()
      let begun = clock.now
      let end = try work(plan, at: place)
      let spent = clock.now - begun
      #expect(end == .complete)
      #expect(spent < .seconds(5), "\(spent)")
      #expect(try cells(at: place) == expected)
      let files = FileManager.default
      for claim in held {
        #expect(files.fileExists(atPath: place.path + "/claims/\(claim.cell).1"))
      }
    }
  }

  @Test func aCellThatEndsFiveOwnersFailsAndTheRestGoesOn() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    let expected = try whole(plan)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let bad = plan.tuningCells[1].id
      try leaveDeadWorker(
        "gone-1-abcd", holding: (0..<5).map { Claim(cell: bad, generation: $0) }, at: place)
      #expect(try work(plan, at: place) == .failed([bad]))
      let stored = try StoredSweep(reading: place)
      #expect(stored.failed == [bad] && stored.cells.count == 17)
      #expect(try work(plan, at: place, retrying: true) == .complete)
      #expect(try cells(at: place) == expected)
    }
  }

  @Test func anotherResultForACellRaisesTheAlarm() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let alarms = Log()
      let worker = SweepWorker(BoardFolder(place), plan: plan) { work in
        // Somebody else is faster, and comes to something else.
        let path = BoardFolder(place).cell(work.cell.id)
        if work.cell == plan.tuningCells[0] {
          let records = StudyFixtures.records(of: work.configuration)
          var (other, _) = try CellResult.reading(records, of: work.cell, in: plan)
          other.finalLoss = 9
          try other.line.write(toFile: path, atomically: true, encoding: .utf8)
        }
        return StudyFixtures.records(of: work.configuration)
      }
      _ = try worker.run { event in
        if case .alarm(let id) = event { alarms.append(id) }
      }
      #expect(alarms.ids == [plan.tuningCells[0].id])
    }
  }

  @Test func aFailingCellEndsTheWorkerAndKeepsTheOthers() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { place in
      try begin(plan, at: place)
      let worker = SweepWorker(BoardFolder(place), plan: plan) { work in
        if work.cell.point == 1 { throw RunError(.failure, "disk on fire", remedy: "try again") }
        return StudyFixtures.records(of: work.configuration)
      }
      #expect(throws: RunError.self) { try worker.run() }
      let kept = try StoredSweep(reading: place).cells.count
      #expect(kept < 9)
      #expect(try work(plan, at: place) == .complete, "its claims are free at once")
    }
  }

  @Test func anotherPlanIsRefusedInAWord() throws {
    try StudyFixtures.inDirectory { place in
      let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
      try begin(plan, at: place)
      #expect(
        try BoardFolder(place).begin(plan, configurationText: "") == .joined(plan))
      var other = plan
      other.kernels = "another"
      var version = plan
      version.resultsVersion = 7
      var rounded = plan
      rounded.configuration.model.precision = .bf16
      let others = [
        (try StudyFixtures.plan(grids: ["lr=1e-3..1e-1:4"], tuning: 1, judging: 2), "grid"),
        (try StudyFixtures.plan(["adam", "sgd"], tuning: 1, judging: 2), "list of arms"),
        (try StudyFixtures.plan(tuning: 2, judging: 2), "number of tuning seeds"),
        (try StudyFixtures.plan(tuning: 1, judging: 3), "number of judging seeds"),
        (other, "kernel level"), (version, "results version"),
        (rounded, "precision (fp32 there, bf16 here)"),
      ]
      for (plan, word) in others {
        let error = #expect(throws: RunError.self) {
          try BoardFolder(place).begin(plan, configurationText: "")
        }
        #expect(error?.category == .usage)
        #expect(error?.message.contains(word) == true, "\(error?.description ?? "")")
      }
    }
  }

  @Test func aDirectoryOfSomethingElseIsRefused() throws {
    let plan = try StudyFixtures.plan(tuning: 1, judging: 2)
    try StudyFixtures.inDirectory { place in
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: place.appendingPathComponent("notes.txt"))
      let error = #expect(throws: RunError.self) {
        try BoardFolder(place).begin(plan, configurationText: "")
      }
      #expect(error?.message.contains("notes.txt") == true)
    }
  }

  @Test func aNewerFormatNamesBothNumbers() throws {
    try StudyFixtures.inDirectory { place in
      try begin(try StudyFixtures.plan(), at: place)
      let file = place.appendingPathComponent(BoardFolder.planName)
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("\"format\" : 2", with: "\"format\" : 3").write(
        to: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: RunError.self) { try StoredSweep(reading: place) }
      #expect(error?.exitCode == 4)
      #expect(error?.message.contains("3") == true && error?.message.contains("2") == true)
    }
  }

  @Test func aRunWithoutAClosingLineIsNoResult() throws {
    let plan = try StudyFixtures.plan()
    let cell = plan.tuningCells[0]
    let records = StudyFixtures.records(of: plan.run(of: cell)).filter { $0.final != true }
    #expect(throws: RunError.self) { try CellResult.reading(records, of: cell, in: plan) }
  }

  @Test(arguments: [
    ("0/4", [:], 0, 4), ("3/4", [:], 3, 4),
    (
      "auto",
      ["SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "4"], 1, 3
    ),
  ])
  func sharesAreReadFromTextAndFromSlurm(
    _ text: String, _ environment: [String: String], _ index: Int, _ count: Int
  ) throws {
    #expect(try Shard(text, environment: environment) == Shard(index: index, count: count))
  }

  @Test(arguments: ["4/4", "-1/4", "a/b", "1", "1/0", "auto"])
  func whatIsNoShareIsRefused(_ text: String) {
    #expect(throws: RunError.self) { try Shard(text, environment: [:]) }
  }
}
