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

  @Test func anAdaptiveRangeGrowsUntilEveryValueIsInsideAndLosesNone() {
    var adaptive = AdaptiveHistogram(initialRange: 0...1, binCount: 8)
    var generator = RandomValues(seed: 5)
    let values = (0..<1_000).map { _ in Double.random(in: -300...40, using: &generator) }
    for value in values { adaptive.add(value) }
    let histogram = adaptive.histogram
    #expect(histogram.counts.count == 8)
    #expect(histogram.counts.reduce(0, +) == 1_000)
    for bin in histogram.counts.indices {
      let lower = histogram.range.lowerBound + Double(bin) * histogram.binWidth
      let inside = values.filter { lower <= $0 && $0 < lower + histogram.binWidth }
      #expect(histogram.counts[bin] == inside.count)
    }
  }

  @Test(arguments: [1e300, -1e300, .infinity, .nan])
  func anAdaptiveRangeSurvivesAnyValue(_ value: Double) {
    var adaptive = AdaptiveHistogram(initialRange: 0...1, binCount: 4)
    adaptive.add(value)
    let histogram = adaptive.histogram
    #expect(histogram.total + histogram.undefinedCount == 1)
  }
}

@Suite struct RollingSummaryTests {
  @Test func itDescribesExactlyTheWindow() throws {
    var generator = RandomValues(seed: 9)
    var summary = RollingSummary(capacity: 50)
    var all: [Double] = []
    for _ in 0..<1_000 {
      let value = 1e6 + Double.random(in: -1...1, using: &generator)
      summary.append(value)
      all.append(value)
    }
    let window = all.suffix(50)
    let mean = window.reduce(0, +) / 50
    let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49
    #expect(abs(try #require(summary.mean) - mean) < 1e-8)
    #expect(abs(try #require(summary.standardDeviation) - variance.squareRoot()) < 1e-8)
    #expect(summary.minimum == window.min())
    #expect(summary.maximum == window.max())
  }

  @Test func fewerThanTwoValuesHaveNoDeviation() {
    var summary = RollingSummary(capacity: 3)
    #expect(summary.mean == nil)
    summary.append(.nan)
    summary.append(2)
    #expect(summary.mean == 2)
    #expect(summary.standardDeviation == nil)
  }
}

@Suite struct BlockHistoryTests {
  @Test func theRingKeepsTheNewestStepsAndTheCountsOfAll() throws {
    var history = BlockHistory(blockCount: 3, capacity: 4)
    for step in 1...10 {
      let isKept = step.isMultiple(of: 2)
      history.append(
        step: step,
        [
          .excluded(), BlockCell(keptShare: isKept ? 1 : 0, alignment: Double(step) / 10),
          BlockCell(keptShare: 0.25),
        ])
    }
    #expect(history.stepCount == 4)
    #expect((0..<5).map { history.step(age: $0) } == [10, 9, 8, 7, nil])
    #expect(
      (0..<4).map { history.cell(block: 1, age: $0).state } == [.kept, .masked, .kept, .masked])
    #expect(history.cell(block: 0, age: 0).state == .excluded)
    #expect(history.cell(block: 1, age: 4).state == .missing)
    #expect(abs(try #require(history.cell(block: 1, age: 1).alignment) - 0.9) < 1.0 / 254 + 1e-12)
    #expect(history.maskRate(block: 0) == nil)
    #expect(history.maskRate(block: 1) == 0.5)
    #expect(abs(try #require(history.maskRate(block: 2)) - 0.75) < 1.0 / 255)
    #expect(history.age(of: 8) == 2)
    #expect(history.age(of: 6) == nil)
  }

  @Test func alignmentIsClampedAndMayBeMissing() {
    #expect(BlockCell(keptShare: 1, alignment: 5).alignment == 1)
    #expect(BlockCell(keptShare: 1, alignment: -1).alignment == -1)
    #expect(BlockCell(keptShare: 1, alignment: .nan).alignment == nil)
  }
}

@Suite struct EventMarksTests {
  @Test func marksComeInTheOrderOfStepsWithTheNumbersOfTheirArrival() {
    var events = EventMarks()
    events.add(step: 800, label: "lr x0.5")
    events.add(step: 100, label: "fork")
    #expect(events.add(step: 800, label: "again") == 3)
    #expect(events.marks.map(\.number) == [2, 1, 3])
    #expect(events.marks(in: 101...800).map(\.label) == ["lr x0.5", "again"])
  }
}
