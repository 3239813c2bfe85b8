import Foundation
import RunModel
import RunStore
import Testing

/// `probes.jsonl` is ordered by step and has one reading for a place, whenever it was measured.
@Suite struct ProbeFileTests {
  private func reading(
    _ step: Int, arm: Int = 0, kind: ProbeKind = .curvature, cpuSeconds: Double = 0.5
  ) -> ProbeReading {
    ProbeReading(
      kind: kind, arm: ArmID(arm), step: step,
      figures: [
        .init(name: "whole", value: 0.1 + Double(step)), .init(name: "hill", value: .infinity),
      ],
      perBlock: [1 / 3], curve: [[1, 0.25]], cpuSeconds: cpuSeconds)
  }

  /// A run with readings of two arms at steps 2, 4 and 6 that nobody writes any more.
  private func measured(_ scratch: Scratch) throws -> RunDirectory {
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(2), to: run)
    let recorder = try Toy.recorder(run)
    for step in [2, 4, 6] {
      for arm in 0..<2 { recorder.record(.probed(reading(step, arm: arm))) }
    }
    #expect(recorder.close() == nil)
    run.end()
    return run.directory
  }

  private func places(_ directory: RunDirectory) throws -> [String] {
    try directory.readProbes().map { "\($0.step)\($0.arm == ArmID(0) ? "a" : "b")" }
  }

  @Test func readingsTakenAfterwardsLieBetweenTheOthers() throws {
    let scratch = try Scratch()
    let directory = try measured(scratch)
    let before = try directory.readProbes()
    try OwnedRun.enter([reading(5), reading(0, arm: 1), reading(5, arm: 1)], at: directory.path)
    #expect(try places(directory) == ["0b", "2a", "2b", "4a", "4b", "5a", "5b", "6a", "6b"])
    #expect(
      try directory.readProbes().filter { $0.step.isMultiple(of: 2) && $0.step > 0 } == before)
    try OwnedRun.enter(
      [reading(8, arm: 1), reading(7), reading(6, kind: .sharpness)], at: directory.path)
    #expect(try directory.readProbes().map(\.step) == [0, 2, 2, 4, 4, 5, 5, 6, 6, 6, 7, 8])
    #expect(directory.owner?.isPresent == false, "the run is free again")
  }

  @Test func aPlaceThatIsKnownStaysAsItIs() throws {
    let scratch = try Scratch()
    let directory = try measured(scratch)
    let before = try Data(contentsOf: URL(fileURLWithPath: directory.probesPath))
    try OwnedRun.enter(
      [reading(4, cpuSeconds: 9), reading(6, arm: 1, cpuSeconds: 9)], at: directory.path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory.probesPath)) == before)
    try OwnedRun.enter([reading(9), reading(9, cpuSeconds: 9)], at: directory.path)
    #expect(try places(directory).last == "9a" && (try places(directory).count) == 7)
  }

  @Test func theRecorderPutsThemInPlaceWhileTheRunGoesOn() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let recorder = try Toy.recorder(run)
    for step in [4, 8, 2, 8, 3, 9, 2] { recorder.record(.probed(reading(step))) }
    #expect(recorder.close() == nil)
    #expect(try run.directory.readProbes() == [2, 3, 4, 8, 9].map { reading($0) })
    try run.goOn(from: Toy.checkpoint(3))
    #expect(try run.directory.readProbes() == [2, 3].map { reading($0) })
  }

  @Test func nothingElseOfTheRunChanges() throws {
    let scratch = try Scratch()
    let directory = try measured(scratch)
    let before = try contents(directory.path)
    try OwnedRun.enter([reading(1)], at: directory.path)
    let after = try contents(directory.path)
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    #expect(
      changed.allSatisfy { $0.contains("probes.jsonl") || $0.contains("owners") }, "\(changed)")
  }

  @Test func whatAKillCutOffIsNoPartOfALine() throws {
    let scratch = try Scratch()
    let directory = try measured(scratch)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.probesPath))
    try file.seekToEnd()
    try file.write(contentsOf: Data(#"{"arm":0,"cpu"#.utf8))
    try file.close()
    try OwnedRun.enter([reading(9)], at: directory.path)
    #expect(try places(directory) == ["2a", "2b", "4a", "4b", "6a", "6b", "9a"])
  }

  @Test func whereSomebodyWritesNothingIsAdded() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let error = #expect(throws: RunError.self) {
      try OwnedRun.enter([reading(1)], at: run.directory.path)
    }
    #expect(error?.exitCode == 1 && error?.message.contains("written by") == true)
    #expect(try run.directory.readProbes().isEmpty && !run.isLost)
    run.end()
  }
}
