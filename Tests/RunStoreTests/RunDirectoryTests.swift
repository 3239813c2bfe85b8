import EventStream
import Foundation
import RunModel
import RunStore
import Testing

@Suite struct RunDirectoryTests {
  @Test func aDirectoryInUseIsRefused() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/deep/run"
    let run = try OwnedRun.create(at: path, configuration: "title: toy\n")
    let error = #expect(throws: RunError.self) {
      try OwnedRun.create(at: path, configuration: "title: toy\n")
    }
    #expect(error?.exitCode == 2)
    #expect(try RunDirectory.open(at: path).configurationText() == "title: toy\n")
    #expect(try mode(path) == 0o700)
    run.end()
  }

  @Test func whatAKillLeavesBeforeRunYamlCountsAsEmpty() throws {
    let scratch = try Scratch()
    try scratch.write("title: to", to: "run/run.yaml.tmp-abcdef")
    let run = try Toy.run(scratch)
    #expect(!exists(run.directory.path + "/run.yaml.tmp-abcdef"))
    try scratch.write("x", to: "other/run.yaml.tmp-abcdef")
    try scratch.write("x", to: "other/mine.txt")
    let error = #expect(throws: RunError.self) { try Toy.run(scratch, "other") }
    #expect(error?.exitCode == 2)
  }

  @Test func aRunKilledBehindRunYamlBeginsAtTheStart() throws {
    let scratch = try Scratch()
    try scratch.write("title: toy\n", to: "run/run.yaml")
    let run = try OwnedRun.take(scratch.path + "/run")
    #expect(try run.directory.readCheckpoint(of: Toy.configuration) == nil)
    #expect(try run.goOn(from: nil).isEmpty)
    let recorder = try Toy.recorder(run)
    recorder.record(.evaluated(arm: ArmID(0), Toy.record(0)))
    #expect(recorder.close() == nil)
    #expect(try run.directory.readMetrics().map(\.step) == [0])
  }

  @Test func aDirectoryThatIsNoRunIsRefused() throws {
    let scratch = try Scratch()
    let error = #expect(throws: RunError.self) { try RunDirectory.open(at: scratch.path) }
    #expect(error?.exitCode == 4)
    let nameless = #expect(throws: RunError.self) { try RunDirectory.open(at: "") }
    #expect(nameless?.exitCode == 2)
    let unnamed = #expect(throws: RunError.self) {
      try OwnedRun.create(at: "", configuration: "")
    }
    #expect(unnamed?.exitCode == 2)
  }

  @Test func aPathThatCannotBeMadeIsAnError() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "file")
    let error = #expect(throws: RunError.self) { try Toy.run(scratch, "file/run") }
    #expect(error?.exitCode == 1)
  }

  @Test func lookingChangesNothing() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(2), to: run)
    run.end()
    try scratch.write("arms/../../other/file", to: "run/checkpoint.pending")
    let before = try contents(run.directory.path)
    let opened = try RunDirectory.open(at: run.directory.path)
    _ = try opened.readMetrics()
    _ = try opened.readJournal()
    _ = try opened.readProbes()
    _ = try opened.readCheckpoint(atOrBefore: 9, of: Toy.configuration)
    _ = try RecordedRows(opened).rows(in: 1...9)
    _ = opened.owner
    #expect(try contents(run.directory.path) == before)
  }

  @Test func recordsAreTakenBackToTheCheckpoint() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let recorder = try Toy.recorder(run)
    for step in [0, 2, 3] { recorder.record(.evaluated(arm: ArmID(0), Toy.record(step))) }
    for step in 1...3 {
      let rows = Toy.rows(step...step)
      for (index, row) in rows.steps.enumerated() {
        recorder.record(row, blocks: Array(rows.blocks(ofRow: index)))
      }
    }
    var late = Toy.change
    late.step = 3
    recorder.record(.journaled(JournalEntry(.mark, step: 1, text: "here")))
    recorder.record(.journaled(JournalEntry(Toy.change)))
    recorder.record(.journaled(JournalEntry(late)))
    recorder.record(.armFinished(arm: ArmID(0), Toy.record(2, final: true)))
    recorder.record(.journaled(JournalEntry(.end, step: 2, text: "stopped")))
    #expect(recorder.close() == nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: run.directory.metricsPath))
    try file.seekToEnd()
    try file.write(contentsOf: Data(#"{"lane":"s","ar"#.utf8))
    try file.close()
    #expect(try run.directory.readMetrics().map(\.step) == [0, 2, 3, 2])
    let gone = try run.goOn(from: Toy.checkpoint(2))
    #expect(gone.compactMap(\.change) == [late])
    #expect(try run.directory.readMetrics() == [Toy.record(0), Toy.record(2)])
    #expect(
      try run.directory.readJournal() == [
        JournalEntry(.mark, step: 1, text: "here"), JournalEntry(Toy.change),
      ])
    #expect(try RecordedRows(run.directory).newestStep == 2)
  }

  @Test func aChangeThatOnlyTheCheckpointKnowsIsNotLost() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try run.goOn(from: Toy.checkpoint(2))
    #expect(try run.directory.readJournal().map(\.change) == [Toy.change])
  }

  @Test func damagedLinesAreNamed() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try scratch.write(Toy.line(Toy.record(0)) + "{\"lane\":3}\n", to: "run/metrics.jsonl")
    let error = #expect(throws: RunError.self) { try run.directory.readMetrics() }
    #expect(error?.place.hasSuffix("metrics.jsonl:2") == true && error?.exitCode == 4)
  }

  @Test func seedsBeyondSignedNumbersAreKept() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    var configuration = Toy.configuration
    (configuration.seed, configuration.seeds) = (.max, 1)
    var set = Toy.checkpoint(4)
    set.arms = Array(set.arms[..<2])
    set.records = Array(set.records[..<2])
    for index in set.arms.indices { set.arms[index].seed = .max }
    set.records[0]?.seed = .max
    try run.write(set, of: configuration, stamp: Toy.stamp)
    #expect(try run.directory.readCheckpoint(of: configuration) == set)
    #expect(exists(run.directory.armsPath + "/s-sgd/seed-18446744073709551615/state.json"))
  }
}

@Suite struct RecorderTests {
  @Test func readingsOfProbesAreKeptAndTakenBack() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    #expect(try run.directory.readProbes().isEmpty)
    let recorder = try Toy.recorder(run)
    let readings = [1, 2, 3].map { step in
      ProbeReading(
        kind: .gradientNoise, arm: ArmID(0), step: step,
        figures: [.init(name: "hill", value: step == 2 ? .infinity : 3.25)],
        perBlock: [0.5], curve: [[1, 0.25]], cpuSeconds: 0.5)
    }
    for reading in readings { recorder.record(.probed(reading)) }
    #expect(recorder.close() == nil)
    #expect(try run.directory.readProbes() == readings)
    try run.goOn(from: Toy.checkpoint(2))
    #expect(try run.directory.readProbes() == Array(readings[..<2]))
  }

  @Test func whatIsRecordedIsOnDiskAfterClosing() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let told = Locked<[String]>([])
    let recorder = try Toy.recorder(run) { report in
      if case .checkpointed(let path) = report { told.withLock { $0.append(path) } }
    }
    let rows = Toy.rows(1...200)
    for (index, row) in rows.steps.enumerated() {
      recorder.record(row, blocks: Array(rows.blocks(ofRow: index)))
    }
    for step in 0..<100 { recorder.record(.evaluated(arm: ArmID(0), Toy.record(step))) }
    recorder.record(.journaled(JournalEntry(Toy.change)))
    recorder.record(Toy.checkpoint(4))
    #expect(recorder.close() == nil && recorder.droppedRows == 0)
    #expect(try run.directory.readMetrics().map(\.step) == Array(0..<100))
    #expect(try run.directory.readJournal() == [JournalEntry(Toy.change)])
    #expect(try run.directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(4))
    #expect(try RecordedRows(run.directory).rows(in: 1...200).steps.count == rows.steps.count)
    #expect(told.withLock(\.self) == [run.directory.path])
  }

  @Test func rowsGoOnAfterTheyWereWrittenOnce() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let written = DispatchSemaphore(value: 0)
    let recorder = try Toy.recorder(run) { report in
      if case .checkpointed = report { written.signal() }
    }
    for step in 1...5 {
      let rows = Toy.rows(step...step)
      for (index, row) in rows.steps.enumerated() {
        recorder.record(row, blocks: Array(rows.blocks(ofRow: index)))
      }
      // A checkpoint makes the recorder write what waits, and tells when it has.
      recorder.record(Toy.checkpoint(step))
      written.wait()
    }
    #expect(recorder.close() == nil && recorder.droppedRows == 0)
    #expect(
      Set(RowBits.of(try RecordedRows(run.directory).rows(in: 1...9)))
        == Set(RowBits.of(Toy.rows(1...5))))
  }

  @Test func aCheckpointThatCannotBeWrittenIsToldOnceAndTheRecordsGoOn() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try scratch.write("", to: "run/checkpoints")
    let failures = Locked<[RunError]>([])
    let recorder = try Toy.recorder(run) { report in
      if case .failed(let error) = report { failures.withLock { $0.append(error) } }
    }
    for step in [1, 2] {
      recorder.record(Toy.checkpoint(step))
      recorder.record(.evaluated(arm: ArmID(0), Toy.record(step)))
    }
    #expect(recorder.close()?.exitCode == 1)
    #expect(failures.withLock(\.count) == 1)
    #expect(try run.directory.readMetrics().map(\.step) == [1, 2])
  }

  @Test func whoLostTheRunWritesNothingMore() throws {
    let scratch = try Scratch()
    var slow = RunOwnership.Terms()
    slow.beat = .milliseconds(5)
    let run = try OwnedRun.create(at: scratch.path + "/run", configuration: "", slow)
    let recorder = try Toy.recorder(run)
    var thief = RunOwnership.Terms()
    thief.processes = ProcessTable(boot: OwnerRecord.current.boot) { _, _ in .gone }
    let other = try OwnedRun.take(run.directory.path, thief)
    while !run.isLost { Thread.sleep(forTimeInterval: 0.002) }
    recorder.record(.evaluated(arm: ArmID(0), Toy.record(1)))
    #expect(recorder.close()?.exitCode == 1)
    #expect(try run.directory.readMetrics().isEmpty)
    #expect(throws: RunError.self) { try run.goOn(from: nil) }
    other.end()
  }
  @Test func ofManyCheckpointsThatWaitOnlyTheNewestAreWritten() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let written = Locked(0)
    // The first report holds the recorder back until all checkpoints wait.
    let gate = DispatchSemaphore(value: 0)
    let recorder = try Toy.recorder(run) { report in
      guard case .checkpointed = report else { return }
      if written.withLock({
        $0 += 1; return $0
      }) == 1 {
        gate.wait()
      }
    }
    recorder.record(Toy.checkpoint(1))
    for step in 2...60 { recorder.record(Toy.checkpoint(step)) }
    gate.signal()
    #expect(recorder.close() == nil)
    #expect(written.withLock(\.self) <= 9)
    #expect(try run.directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(60))
  }
}
