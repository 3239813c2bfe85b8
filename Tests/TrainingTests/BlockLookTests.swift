import EventStream
import Optimizers
import RunModel
import Testing
import Training
import Workloads

/// Looking at a block shows what the step did and leaves the step as it was.
@Suite struct BlockLookTests {
  private struct Outcome {
    var looks: [BlockLook] = []
    var rows: RunRows
    var weights: [TensorSnapshot]
    var blocks: [BlockDescriptor]
  }

  private func train(_ arm: String, steps: Int, looking block: Int?) throws -> Outcome {
    let configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano), arms: [try OptimizerRegistry.arm(arm)])
    let source = try LanguageSource(configuration)
    let rows = RowMailbox(blockCount: source.layout.blocks.count)
    let looks = Mailbox<BlockLook>()
    let trainer = try ArmTrainer(
      seat: Seat.all(configuration.roster, seeds: [0])[0], course: RunCourse(configuration),
      source: source, threads: 1, channels: RunChannels(rows: rows, looks: looks),
      clock: RunClock(), options: RunOptions())
    for step in 1...steps { trainer.train(step: step, lookingAt: block) }
    var outcome = Outcome(
      rows: rows.empty, weights: trainer.snapshot().parameters, blocks: source.layout.blocks)
    rows.drain(into: &outcome.rows)
    looks.drain(into: &outcome.looks)
    return outcome
  }

  private func cosine(_ left: [Float], _ right: [Float]) -> Double {
    var (dot, first, second) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      dot += Double(a) * Double(b)
      first += Double(a) * Double(a)
      second += Double(b) * Double(b)
    }
    return dot / (first * second).squareRoot()
  }

  @Test(arguments: [
    "adam", "magma(adam)", "magma(lion)", "skip(rmsprop):grain=row", "magma(adam):grain=row",
    "skip(adam):grain=element", "matched(magma(adam))", "sgd", "muon", "adafactor",
  ])
  func aLookTellsTheStepAndLeavesNoTraceInIt(_ arm: String) throws {
    let plain = try train(arm, steps: 12, looking: nil)
    #expect(plain.looks.isEmpty, "nothing is looked at that nobody asked for")
    let small = plain.blocks.indices.filter { plain.blocks[$0].count <= 32 * 64 }
    let block = try #require(small.first { plain.blocks[$0].isMaskable } ?? small.first)
    let looked = try train(arm, steps: 12, looking: block)
    #expect(looked.weights == plain.weights, "to the bit")
    #expect(looked.looks.map(\.step) == Array(1...12))
    let own = (0..<12).map { looked.rows.blocks[$0 * looked.rows.blockCount + block] }
    for (look, row) in zip(looked.looks, own) {
      let isWhole = look.gradient.rows == look.rows && look.gradient.columns == look.columns
      guard isWhole, let momentum = look.momentum else { continue }
      let measured = cosine(look.gradient.values, momentum.values)
      #expect(abs(measured - Double(row.alignment)) < 1e-4, "step \(look.step): g and mu")
      let moved = look.displacement.values.reduce(0.0) { $0 + Double($1) * Double($1) }
      if row.updateNorm == 0 {
        #expect(moved == 0 && look.stillElements == look.rows * look.columns)
      }
      if row.updateNorm > 1e-4 {
        #expect(abs(moved.squareRoot() / Double(row.updateNorm) - 1) < 0.02, "step \(look.step)")
      }
      if arm.hasSuffix("grain=row") {
        let dropped = (1 - Double(row.keptShare)) * Double(look.rows)
        #expect(abs(Double(look.stillRows) - dropped) < 0.5, "step \(look.step): dropped rows")
      }
    }
    if arm == "magma(adam)" {
      #expect(looked.looks.contains { $0.stillElements == $0.rows * $0.columns }, "coins fell")
      #expect(looked.looks.contains { $0.stillElements == 0 })
    }
  }

  @Test func cellsAreMeansAndEveryElementIsInOne() {
    let grid = BlockLook.Grid(rows: 3, columns: 4, values: (0..<12).map(Float.init))
    #expect(grid.reduced(rows: 3, columns: 4) == grid && grid.reduced(rows: 9, columns: 9) == grid)
    #expect(
      grid.reduced(rows: 1, columns: 2)
        == BlockLook.Grid(rows: 1, columns: 2, values: [4.5, 6.5]))
    #expect(grid.reduced(rows: 1, columns: 1).values == [5.5])
  }

  @Test func aPastStepIsSeenAsItWasSeenLive() throws {
    var configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano), steps: 9,
      arms: try ["adam", "magma(adam):grain=row", "matched(magma(adam)):grain=row"].map {
        try OptimizerRegistry.arm($0)
      })
    configuration.seeds = 2
    let change = JournalEntry(
      Intervention(
        arm: ArmID(1), step: 5, key: "mask", oldValue: nil, newValue: .number(0.8)))
    let source = try LanguageSource(configuration)
    for arm in (0..<3).map({ ArmID($0) }) {
      let wish = BlockWish(arm: arm, block: 2)
      let channels = RunChannels(looks: Mailbox(), checkpoints: Mailbox())
      let controller = RunController(
        configuration: configuration, source: source, channels: channels,
        options: RunOptions(journal: [change], checkpointEvery: 3))
      controller.send(.look(wish))
      controller.start()
      controller.waitUntilFinished()
      var (seen, kept): ([BlockLook], [CheckpointSet]) = ([], [])
      channels.looks?.drain(into: &seen)
      channels.checkpoints?.drain(into: &kept)
      let replay = Training.Replay(configuration: configuration, journal: [change], source: source)
      for step in [1, 4, 6, 7] {
        let nearest = kept.last { $0.step < step }
        let again = try replay.looks(at: wish, in: step, from: nearest)
        #expect(again == seen.filter { $0.step == step } && again?.count == 1, "\(arm) \(step)")
      }
      #expect(try replay.looks(at: wish, in: 9, from: nil, while: { _ in false }) == nil)
    }
  }

  @Test func aRunLooksAtTheFirstSeedOnceAskedAndNoLonger() throws {
    var configuration = RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano), steps: 6,
      arms: [try OptimizerRegistry.arm("adam"), try OptimizerRegistry.arm("magma(adam)")])
    configuration.seeds = 2
    let source = try LanguageSource(configuration)
    let looks = Mailbox<BlockLook>()
    let channels = RunChannels(
      rows: RowMailbox(blockCount: source.layout.blocks.count), looks: looks)
    let controller = RunController(
      configuration: configuration, source: source, channels: channels,
      options: RunOptions(pausesAfter: 3))
    controller.send(.look(BlockWish(arm: ArmID(1), block: 2)))
    controller.start()
    while controller.state.step < 3 || controller.state.phase != .paused {}
    controller.send(.look(nil))
    controller.send(.resume)
    controller.waitUntilFinished()
    var seen: [BlockLook] = []
    looks.drain(into: &seen)
    #expect(seen.map(\.step) == [1, 2, 3], "one look a step: one arm, one seed")
    #expect(seen.allSatisfy { $0.arm == ArmID(1) && $0.block == 2 })
  }
}
