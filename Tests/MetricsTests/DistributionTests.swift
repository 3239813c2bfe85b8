import Metrics
import Testing

@Suite struct HistogramTests {
  @Test func binsAreHalfOpenAndTheLastHoldsTheUpperBound() {
    let histogram = Histogram([0, 0.5, 1, 1.5, 2, 2, -1, 3, .nan], range: 0...2, binCount: 4)
    #expect(histogram.counts == [1, 1, 1, 3])
    #expect((histogram.underflow, histogram.overflow, histogram.undefinedCount) == (1, 1, 1))
    #expect(histogram.total == 8)
    #expect(histogram.center(of: 0) == 0.25)
  }

  @Test func removingTakesBackWhatWasAdded() {
    var histogram = Histogram([0.1, 0.9, 7, .nan], range: 0...1, binCount: 3)
    for value in [0.1, 0.9, 7, .nan] { histogram.remove(value) }
    #expect(histogram == Histogram(range: 0...1, binCount: 3))
  }
}

@Suite struct BlockHistoryTests {
  @Test func theRingKeepsTheNewestSteps() throws {
    var history = BlockHistory(blockCount: 3, capacity: 4)
    for step in 1...10 {
      let isKept = step.isMultiple(of: 2)
      let cells = [
        .excluded(), BlockCell(keptShare: isKept ? 1 : 0, alignment: Double(step) / 10),
        BlockCell(keptShare: 0.25),
      ]
      history.append(step: step) { cells[$0] }
    }
    #expect(history.stepCount == 4)
    #expect((0..<5).map { history.step(age: $0) } == [10, 9, 8, 7, nil])
    #expect(
      (0..<4).map { history.cell(block: 1, age: $0).state } == [.kept, .masked, .kept, .masked])
    #expect(history.cell(block: 0, age: 0).state == .excluded)
    #expect(history.cell(block: 1, age: 4).state == .missing)
    #expect(abs(try #require(history.cell(block: 1, age: 1).alignment) - 0.9) < 1.0 / 254 + 1e-12)
  }

  @Test func alignmentIsClampedAndMayBeMissing() {
    #expect(BlockCell(keptShare: 1, alignment: 5).alignment == 1)
    #expect(BlockCell(keptShare: 1, alignment: -1).alignment == -1)
    #expect(BlockCell(keptShare: 1, alignment: .nan).alignment == nil)
  }
}
