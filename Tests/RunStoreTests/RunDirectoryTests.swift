import EventStream
import Foundation
import RunModel
import RunStore
import Testing

/// A directory that goes away with the test.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "magmascope-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private let stamp = RunStamp(version: "1", commit: "abc", kernelLevel: "portable", cpu: "toy")

private func arm(_ text: String) -> ArmSpecification {
  ArmSpecification(
    text: text, base: "sgd", wrapper: nil, isMatched: false, values: ["lr": .number(0.1)],
    writtenKeys: [], momentum: nil)
}

private let configuration = RunConfiguration(
  title: "toy", workload: "quadratic", steps: 4, seed: 3, seeds: 2, arms: [arm("sgd"), arm("sgd")])

private func record(_ step: Int, final: Bool? = nil) -> EvaluationRecord {
  EvaluationRecord(
    lane: "s", arm: "sgd", seed: 3, step: step, tokens: step, trainLoss: step == 0 ? nil : 0.1,
    validationLoss: 0.1 + 0.2, learningRate: 0.1, effectiveLearningRate: nil, maskRate: nil,
    alignment: nil, scale: nil, cpuSeconds: 1, wallSeconds: 1, final: final)
}

private func checkpoint(step: Int) -> CheckpointSet {
  var progress = ArmProgress()
  progress.step = step
  progress.lossSum = 0.1 + 0.2
  progress.scaleSum = .infinity
  let arms = (0..<4).map { index in
    ArmCheckpoint(
      arm: ArmID(index % 2), seed: 3 + UInt64(index / 2),
      parameters: [TensorSnapshot(name: "x", shape: [2], values: [Float(step), Float(index)])],
      optimizer: OptimizerSnapshot(
        tensors: [TensorSnapshot(name: "m", shape: [1], values: [.nan])], scalars: ["k": 0.3]),
      progress: progress)
  }
  let change = Intervention(
    arm: ArmID(0), step: 1, key: "lr", oldValue: .number(0.1), newValue: .number(0.2))
  return CheckpointSet(
    step: step, journal: [JournalEntry(change)], arms: arms,
    records: [record(step), nil, record(step), record(step)])
}

private let line: @Sendable (EvaluationRecord) -> String = { record in
  (try? JSONEncoder().encode(record)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
}

@Suite struct RunDirectoryTests {
  @Test func aDirectoryInUseIsRefused() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/deep/run"
    _ = try RunDirectory.create(at: path, configuration: "title: toy\n")
    let error = #expect(throws: RunError.self) {
      try RunDirectory.create(at: path, configuration: "title: toy\n")
    }
    #expect(error?.exitCode == 2)
    #expect(try RunDirectory.open(at: path).configurationText() == "title: toy\n")
  }

  @Test func aDirectoryThatIsNoRunIsRefused() throws {
    let scratch = try Scratch()
    let error = #expect(throws: RunError.self) { try RunDirectory.open(at: scratch.path) }
    #expect(error?.exitCode == 4)
  }

  @Test func aPathThatCannotBeMadeIsAnError() throws {
    let scratch = try Scratch()
    try Data().write(to: URL(fileURLWithPath: scratch.path + "/file"))
    let error = #expect(throws: RunError.self) {
      try RunDirectory.create(at: scratch.path + "/file/run", configuration: "")
    }
    #expect(error?.exitCode == 1)
  }

  @Test func aCheckpointComesBackToTheBit() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    for step in [2, 4] {
      try directory.write(checkpoint(step: step), of: configuration, stamp: stamp)
      #expect(try directory.readCheckpoint(of: configuration) == checkpoint(step: step))
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path + "/arms")
    #expect(files.contains("s-sgd/seed-3/model.safetensors"))
    #expect(files.contains("a-sgd/seed-4/state.json"))
    #expect(files.allSatisfy { !$0.hasSuffix(".next") && !$0.hasSuffix(".tmp") })
  }

  @Test func aKillBetweenRenamesLeavesAWholeCheckpoint() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    try directory.write(checkpoint(step: 4), of: configuration, stamp: stamp)
    // As after a kill: half of the files still wait for their names, older ones stand in place.
    let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path + "/arms")
      .filter { $0.contains(".") }.map { "arms/" + $0 }.sorted()
    for file in files.suffix(files.count / 2) {
      let path = directory.path + "/" + file
      try FileManager.default.moveItem(atPath: path, toPath: path + ".next")
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    }
    try Data(files.joined(separator: "\n").utf8).write(
      to: URL(fileURLWithPath: directory.path + "/checkpoint.pending"))
    let opened = try RunDirectory.open(at: directory.path)
    #expect(try opened.readCheckpoint(of: configuration) == checkpoint(step: 4))
  }

  @Test func aMissingOrDamagedFileIsNamed() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    try directory.write(checkpoint(step: 4), of: configuration, stamp: stamp)
    for file in ["optimizer.safetensors", "model.safetensors", "state.json"] {
      let path =
        directory.checkpointPath(of: ArmID(1), seed: 4, configuration) + "/" + file
      try Data("{".utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: RunError.self) {
        try directory.readCheckpoint(of: configuration)
      }
      #expect(error?.place == path && error?.exitCode == 4)
    }
  }

  @Test func recordsAreRewoundToTheCheckpoint() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    let recorder = try Recorder(
      directory: directory, configuration: configuration, stamp: stamp, line: line)
    for step in [0, 2, 3] { recorder.record(.evaluated(arm: ArmID(0), record(step))) }
    recorder.record(.armFinished(arm: ArmID(0), record(2, final: true)))
    #expect(recorder.close() == nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.metricsPath))
    try file.seekToEnd()
    try file.write(contentsOf: Data(#"{"lane":"s","ar"#.utf8))
    try file.close()
    #expect(try directory.readMetrics().map(\.step) == [0, 2, 3, 2])
    try directory.rewind(to: checkpoint(step: 2))
    #expect(try directory.readMetrics() == [record(0), record(2)])
    #expect(try directory.readJournal() == checkpoint(step: 2).journal)
  }
}

@Suite struct RecorderTests {
  @Test func readingsOfProbesAreKeptAndRewound() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    #expect(try directory.readProbes().isEmpty)
    let recorder = try Recorder(
      directory: directory, configuration: configuration, stamp: stamp, line: line)
    let readings = [1, 2, 3].map { step in
      ProbeReading(
        kind: .gradientNoise, arm: ArmID(0), step: step,
        figures: [.init(name: "hill", value: step == 2 ? .infinity : 3.25)],
        perBlock: [0.5], curve: [[1, 0.25]], cpuSeconds: 0.5)
    }
    for reading in readings { recorder.record(.probed(reading)) }
    #expect(recorder.close() == nil)
    #expect(try directory.readProbes() == readings)
    try directory.rewind(to: checkpoint(step: 2))
    #expect(try directory.readProbes() == Array(readings[..<2]))
  }

  @Test func whatIsRecordedIsOnDiskAfterClosing() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    let told = Locked<[String]>([])
    let recorder = try Recorder(
      directory: directory, configuration: configuration, stamp: stamp, line: line
    ) { report in
      if case .checkpointed(let path) = report { told.withLock { $0.append(path) } }
    }
    for step in 0..<100 { recorder.record(.evaluated(arm: ArmID(0), record(step))) }
    let change = checkpoint(step: 4).journal[0]
    recorder.record(.journaled(change))
    recorder.record(checkpoint(step: 4))
    #expect(recorder.close() == nil)
    #expect(try directory.readMetrics().map(\.step) == Array(0..<100))
    #expect(try directory.readJournal() == [change])
    #expect(try directory.readCheckpoint(of: configuration) == checkpoint(step: 4))
    #expect(told.withLock(\.self) == [directory.path])
  }

  @Test func aCheckpointThatCannotBeWrittenIsToldAndTheRecordsGoOn() throws {
    let scratch = try Scratch()
    let directory = try RunDirectory.create(at: scratch.path + "/run", configuration: "")
    try Data().write(to: URL(fileURLWithPath: directory.path + "/arms"))
    let failures = Locked<[RunError]>([])
    let recorder = try Recorder(
      directory: directory, configuration: configuration, stamp: stamp, line: line
    ) { report in
      if case .failed(let error) = report { failures.withLock { $0.append(error) } }
    }
    for step in [1, 2] {
      recorder.record(checkpoint(step: step))
      recorder.record(.evaluated(arm: ArmID(0), record(step)))
    }
    #expect(recorder.close()?.exitCode == 1)
    #expect(failures.withLock(\.count) == 1)
    #expect(try directory.readMetrics().map(\.step) == [1, 2])
  }
}
