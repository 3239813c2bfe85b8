import EventStream
import Foundation
import RunModel
import RunStore
import Testing

@Suite struct RewindTests {
  /// A run of 9 steps, recorded as a training does.
  private func recorded(_ scratch: Scratch) throws -> OwnedRun {
    let run = try Toy.run(scratch)
    let recorder = try Toy.recorder(run)
    recorder.record(.evaluated(arm: ArmID(0), Toy.record(0)))
    recorder.record(.journaled(JournalEntry(Toy.change)))
    for step in 1...9 {
      let rows = Toy.rows(step...step)
      for (index, row) in rows.steps.enumerated() {
        recorder.record(row, blocks: Array(rows.blocks(ofRow: index)))
      }
      recorder.record(.evaluated(arm: ArmID(0), Toy.record(step)))
      recorder.record(.journaled(JournalEntry(.mark, step: step, text: "\(step)")))
      if step.isMultiple(of: 3) { recorder.record(Toy.checkpoint(step)) }
    }
    recorder.record(.armFinished(arm: ArmID(0), Toy.record(9, final: true)))
    #expect(recorder.close() == nil)
    return run
  }

  @Test func whatCameAfterMovesIntoABranch() throws {
    let scratch = try Scratch()
    let run = try recorded(scratch)
    let branch = try #require(
      try run.rewind(
        to: Toy.checkpoint(4), of: Toy.configuration,
        stamp: Toy.stamp))
    #expect(branch.path.hasSuffix("/branches/4-1"))
    #expect(try branch.readMetrics().map(\.step) == [5, 6, 7, 8, 9, 9])
    #expect(try branch.readJournal().map(\.step) == [5, 6, 7, 8, 9])
    #expect(branch.checkpointSteps == [6, 9])
    let late = try RecordedRows(branch)
    #expect(RowBits.of(late.rows(in: 0...99)).map(\.step).min() == 5 && late.newestStep == 9)
    let directory = run.directory
    #expect(try directory.readMetrics().map(\.step) == [0, 1, 2, 3, 4])
    #expect(try directory.readJournal().map(\.step) == [1, 1, 2, 3, 4])
    #expect(directory.checkpointSteps == [3, 4])
    #expect(try directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(4))
    #expect(try RecordedRows(directory).newestStep == 4)
    // Once more to the same step: nothing came after, so there is no other branch.
    #expect(
      try run.rewind(
        to: Toy.checkpoint(4), of: Toy.configuration,
        stamp: Toy.stamp) == nil)
  }

  @Test func aForkSurvivesItsParent() throws {
    let scratch = try Scratch()
    let parent = try recorded(scratch)
    let origin = ForkOrigin(run: "parent", step: 5)
    let fork = try OwnedRun.fork(
      parent.directory, at: Toy.checkpoint(5), of: Toy.configuration, to: scratch.path + "/fork",
      configuration: "title: fork\n",
      stamp: Toy.stamp, origin: origin)
    parent.end()
    let before = try contents(parent.directory.path)
    #expect(RowBits.of(try RecordedRows(parent.directory).rows(in: 6...9)).count == 16)
    try RunRemoval.remove(parent.directory.path) { _ in true }
    #expect(!before.isEmpty && !exists(parent.directory.path))
    let directory = fork.directory
    #expect(try directory.readFork() == origin)
    #expect(try directory.readMetrics().map(\.step) == [0, 1, 2, 3, 4, 5])
    #expect(try directory.readJournal().last == JournalEntry(.fork, step: 5, text: "parent"))
    #expect(directory.checkpointSteps == [3, 5])
    for step in [3, 5] {
      let set = try directory.readCheckpoint(atOrBefore: step, of: Toy.configuration)
      #expect(set == Toy.checkpoint(step))
    }
    // Gone back to before the branch, it has that much in common with its parent, and no more.
    _ = try fork.rewind(to: Toy.checkpoint(3), of: Toy.configuration, stamp: Toy.stamp)
    #expect(try directory.readFork() == ForkOrigin(run: "parent", step: 3))
    _ = try fork.rewind(to: Toy.checkpoint(3), of: Toy.configuration, stamp: Toy.stamp)
    #expect(try directory.readFork() == ForkOrigin(run: "parent", step: 3))
  }

  @Test func theRowsOfAForkAreItsParents() throws {
    let scratch = try Scratch()
    let fork = try OwnedRun.fork(
      try recorded(scratch).directory, at: Toy.checkpoint(5), of: Toy.configuration,
      to: scratch.path + "/fork", configuration: "title: fork\n", stamp: Toy.stamp,
      origin: ForkOrigin(run: "parent", step: 5))
    let rows = try RecordedRows(fork.directory).rows(in: 1...99)
    #expect(
      Set(RowBits.of(rows)) == Set(RowBits.of(Toy.rows(1...5))) && rows.steps.count == 20)
  }
}
