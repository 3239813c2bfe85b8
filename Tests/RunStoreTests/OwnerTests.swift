import EventStream
import Foundation
import RunModel
import RunStore
import Testing

private let here = "boot-1/pid:[1]"

private func owner(
  _ counter: Int, boot: String = here, ended: Bool = false, name: String = "one"
) -> OwnerRecord {
  var record = OwnerRecord(name: name, host: "node7", boot: boot, pid: 41, started: 5)
  (record.counter, record.ended) = (counter, ended)
  return record
}

private func processes(_ state: ProcessTable.State) -> ProcessTable {
  ProcessTable(boot: here) { pid, started in pid == 41 && started == 5 ? state : .gone }
}

@Suite struct OwnerJudgeTests {
  /// Readings at 0 s, 60 s, 119 s and 120 s, and how the owner stands after the last.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var readings: [OwnerRecord?]
    var state: ProcessTable.State
    var standing: OwnerStanding
  }

  static let cases = [
    Case(
      testDescription: "a running process of this boot lives", readings: [owner(1)],
      state: .running, standing: .alive(owner(1))),
    Case(
      testDescription: "a process that is gone is dead at once", readings: [owner(1)],
      state: .gone, standing: .dead(owner(1), .processGone)),
    Case(
      testDescription: "a pid of another boot says nothing", readings: [owner(1, boot: "boot-0")],
      state: .gone, standing: .unconfirmed(owner(1, boot: "boot-0"))),
    Case(
      testDescription: "a pid of another namespace says nothing",
      readings: [owner(1, boot: "boot-1/pid:[2]")], state: .gone,
      standing: .unconfirmed(owner(1, boot: "boot-1/pid:[2]"))),
    Case(
      testDescription: "an ended owner is dead though its process runs",
      readings: [owner(2, ended: true)], state: .running,
      standing: .dead(owner(2, ended: true), .ended)),
    Case(
      testDescription: "a stopped process may go on", readings: [owner(1), owner(1), owner(1)],
      state: .stopped, standing: .unconfirmed(owner(1))),
    Case(
      testDescription: "a stopped process is given up after the wait",
      readings: [owner(1), owner(1), owner(1), owner(1)], state: .stopped,
      standing: .dead(owner(1), .silent)),
    Case(
      testDescription: "a counter that moves is life, whatever the process",
      readings: [owner(1, boot: "far"), owner(2, boot: "far")], state: .unknown,
      standing: .alive(owner(2, boot: "far"))),
    Case(
      testDescription: "a counter that moved begins the wait anew",
      readings: [
        owner(1, boot: "far"), owner(1, boot: "far"), owner(2, boot: "far"),
        owner(2, boot: "far"),
      ],
      state: .unknown, standing: .alive(owner(2, boot: "far"))),
    Case(
      testDescription: "a counter that went back, as of a new owner, moved too",
      readings: [
        owner(9, boot: "far"), nil, owner(1, boot: "far", name: "two"),
        owner(1, boot: "far", name: "two"),
      ],
      state: .unknown, standing: .alive(owner(1, boot: "far", name: "two"))),
    Case(
      testDescription: "an empty file is waited for", readings: [nil, nil, nil], state: .unknown,
      standing: .unconfirmed(nil)),
    Case(
      testDescription: "an empty file is nobody's after the wait", readings: [nil, nil, nil, nil],
      state: .unknown, standing: .dead(nil, .silent)),
    Case(
      testDescription: "a process that runs but has not beaten is given up",
      readings: [owner(1), owner(1), owner(1), owner(1)], state: .running,
      standing: .dead(owner(1), .silent)),
  ]

  @Test(arguments: cases) func anOwnerIsJudgedByItsSigns(_ example: Case) {
    var judge = OwnerJudge()
    var standing = OwnerStanding.unconfirmed(nil)
    for (seconds, reading) in zip([0, 60, 119, 120], example.readings) {
      standing = judge.judge(reading, at: .seconds(seconds), processes(example.state))
    }
    #expect(standing == example.standing)
  }

  @Test func aPidThatWasGivenAwayIsNotTheOwner() {
    var judge = OwnerJudge()
    var late = owner(1)
    late.started = 6
    #expect(judge.judge(late, at: .zero, processes(.running)) == .dead(late, .processGone))
  }
}

@Suite struct OwnerFileTests {
  @Test func thisProcessIsSeenToLiveAndToEnd() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/owner"
    let owner = try #require(try OwnerFile.create(at: path))
    #expect(try OwnerFile.create(at: path) == nil)
    owner.describe(#"{"cell":"x","check":"0"}"#)
    var watch = OwnerWatch(path)
    guard case .alive(let record) = watch.look() else {
      Issue.record("a living owner is not seen")
      return
    }
    #expect(record.pid == ProcessInfo.processInfo.processIdentifier && record.counter >= 1)
    owner.end()
    guard case .dead(let last, .ended) = watch.look() else {
      Issue.record("an ended owner is not seen to end")
      return
    }
    #expect(last?.details == #"{"cell":"x","check":"0"}"#)
  }

  @Test func anyDamageIsNoRecord() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/owner"
    try #require(try OwnerFile.create(at: path)).end()
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(OwnerFile.read(path) != nil)
    let end = try #require(whole.lastIndex(of: UInt8(ascii: "}")))
    for index in 0..<end {
      var damaged = whole
      damaged[index] ^= 1
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      #expect(OwnerFile.read(path) == nil, "byte \(index)")
      try Data(whole[..<index]).write(to: URL(fileURLWithPath: path))
      #expect(OwnerFile.read(path) == nil, "cut at \(index)")
    }
  }

  @Test func readersMeetOnlyWholeRecords() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/owner"
    let owner = try #require(try OwnerFile.create(at: path, every: .microseconds(50)))
    var counters: [Int] = []
    for round in 0..<2_000 {
      if round.isMultiple(of: 10) {
        owner.describe(String(repeating: "x", count: round.isMultiple(of: 20) ? 700 : 3))
      }
      counters.append(try #require(OwnerFile.read(path)).counter)
    }
    owner.end()
    #expect(counters == counters.sorted() && counters.last ?? 0 > counters[0])
  }
}

@Suite struct RunOwnershipTests {
  /// A clock that goes a second further with every pause.
  private func terms(_ state: ProcessTable.State, stale: Int = 120) -> RunOwnership.Terms {
    let time = Locked(0)
    var terms = RunOwnership.Terms()
    terms.stale = .seconds(stale)
    terms.processes = ProcessTable(boot: OwnerRecord.current.boot) { _, _ in state }
    terms.clock = { .seconds(time.withLock(\.self)) }
    terms.pause = { time.withLock { $0 += 1 } }
    return terms
  }

  @Test func aSecondWriterIsRefusedAtOnceAndToldHostAndPid() throws {
    let scratch = try Scratch()
    let first = try RunOwnership.take(scratch.path)
    let error = #expect(throws: RunError.self) { try RunOwnership.take(scratch.path) }
    #expect(error?.exitCode == 1)
    #expect(error?.message.contains("pid \(first.record.pid) on \(first.record.host)") == true)
    #expect(RunOwnership.standing(of: scratch.path)?.isPresent == true)
    first.end()
    #expect(RunOwnership.standing(of: scratch.path)?.isPresent == false)
    _ = try RunOwnership.take(scratch.path)
  }

  @Test func aDeadOwnerIsTakenOverWithoutWaiting() throws {
    let scratch = try Scratch()
    let first = try RunOwnership.take(scratch.path)
    var terms = terms(.gone)
    terms.pause = { Issue.record("there is nothing to wait for") }
    let second = try RunOwnership.take(scratch.path, terms)
    #expect(FileManager.default.fileExists(atPath: scratch.path + "/owners/2"))
    #expect(!second.isLost)
    first.end()
  }

  @Test func aStoppedOwnerIsTakenOverAfterTheWaitAndKnowsItWhenItWakes() throws {
    let scratch = try Scratch()
    var slow = RunOwnership.Terms()
    slow.beat = .seconds(1_000)
    let stopped = try RunOwnership.take(scratch.path, slow)
    let told = Locked<[String]>([])
    var terms = terms(.stopped, stale: 30)
    terms.onWait = { message in told.withLock { $0.append(message) } }
    let second = try RunOwnership.take(scratch.path, terms)
    #expect(told.withLock(\.count) == 1)
    #expect(terms.clock() >= .seconds(30))
    #expect(!stopped.isLost)
    // Its next beat, here the last one, finds the higher owner.
    stopped.end()
    #expect(stopped.isLost && !second.isLost)
  }

  @Test func oneOfManyThievesWins() throws {
    let scratch = try Scratch()
    for round in 0..<20 {
      let path = scratch.path + "/\(round)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let winners = Locked<[RunOwnership]>([])
      let done = DispatchGroup()
      for _ in 0..<6 {
        done.enter()
        Thread.detachNewThread {
          if let owned = try? RunOwnership.take(path) { winners.withLock { $0.append(owned) } }
          done.leave()
        }
      }
      done.wait()
      #expect(winners.withLock(\.count) == 1)
    }
  }

  @Test func lookingChangesNothing() throws {
    let scratch = try Scratch()
    #expect(RunOwnership.standing(of: scratch.path) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }
}
