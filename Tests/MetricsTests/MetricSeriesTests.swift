import Metrics
import Testing

@Suite struct MetricSeriesTests {
  private static func noise(count: Int, seed: UInt64 = 1) -> [Double] {
    var generator = RandomValues(seed: seed)
    return (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
  }

  private static func series(_ values: [Double], recent: Int = 64, history: Int = 128)
    -> MetricSeries
  {
    var series = MetricSeries(recentCapacity: recent, historyCapacity: history)
    for (index, value) in values.enumerated() { series.append(x: Double(index + 1), y: value) }
    return series
  }

  @Test(arguments: [1, 7, 127, 128, 129, 5_000, 40_000])
  func aSingleSpikeIsSeenAtAnyWidth(_ count: Int) {
    for spike in Set([0, count / 3, count / 2, count - 1]) {
      var values = Self.noise(count: count)
      values[spike] = 1e6
      let series = Self.series(values)
      for width in [1, 3, 80, 237] {
        let columns = series.columns(in: 1...Double(max(count, 2)), count: width)
        #expect(columns.compactMap { $0?.maximum }.max() == 1e6)
        #expect(columns.compactMap { $0?.minimum }.min() == values.min())
      }
    }
  }

  @Test(arguments: [10, 100, 1_000, 20_000])
  func columnsTogetherHoldEverySampleOnce(_ count: Int) {
    let values = Self.noise(count: count)
    let series = Self.series(values)
    for width in [1, 2, 50, 333] {
      let columns = series.columns(in: 1...Double(count), count: width).compactMap { $0 }
      #expect(columns.reduce(0) { $0 + $1.sampleCount } == count)
      let sum = columns.reduce(0) { $0 + $1.mean * Double($1.finiteCount) }
      #expect(abs(sum - values.reduce(0, +)) < 1e-8)
    }
  }

  @Test func theExtremesOfAColumnAreThoseOfItsSamples() throws {
    let values = Self.noise(count: 9_000)
    let series = Self.series(values)
    for column in series.columns(in: 1_000...8_000, count: 60).compactMap({ $0 }) {
      let samples = values[(Int(column.firstX) - 1)..<Int(column.lastX)]
      #expect(column.minimum == samples.min())
      #expect(column.maximum == samples.max())
      #expect(column.last == samples.last)
      #expect(column.finiteCount == samples.count)
    }
  }

  @Test func memoryIsBoundedAndAppendingCostsConstantWork() {
    var series = MetricSeries()
    for step in 1...1_000_000 {
      series.append(x: Double(step), y: Double(step % 977))
    }
    #expect(series.sampleCount == 1_000_000)
    #expect(series.storedCount <= 512 + 32 + 1024)
    #expect(series.mergeCount <= 2 * 1_000_000)
    #expect(series.wholeSummary?.sampleCount == 1_000_000)
    #expect(series.wholeSummary?.maximum == 976)
  }

  @Test(arguments: SmoothingLevel.allCases)
  func smoothingPrecedesDecimationAndDoesNotDependOnWidth(_ level: SmoothingLevel) throws {
    let values = Self.noise(count: 3_000)
    var (accumulated, weight) = (0.0, 1.0)
    let expected = values.map { value in
      accumulated = level.decay * accumulated + (1 - level.decay) * value
      weight *= level.decay
      return accumulated / (1 - weight)
    }
    let series = Self.series(values)
    for width in [1, 9, 77, 500] where level != .none {
      for column in series.columns(in: 1...3_000, count: width).compactMap({ $0 }) {
        #expect(abs(column.smoothed(level) - expected[Int(column.lastX) - 1]) < 1e-12)
      }
    }
  }

  @Test func smoothingAConstantGivesItFromTheFirstSampleOn() throws {
    let series = Self.series([Double](repeating: 3.5, count: 50))
    for column in series.columns(in: 1...50, count: 50).compactMap({ $0 }) {
      for level in SmoothingLevel.allCases {
        #expect(abs(column.smoothed(level) - 3.5) < 1e-12)
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func valuesThatAreNotFiniteAreGapsAndLeaveSmoothingAlone(_ gap: Double) throws {
    let clean = Self.series([1, 2, 3])
    let broken = Self.series([1, gap, 2, gap, 3])
    let columns = broken.columns(in: 1...5, count: 5)
    #expect(columns.map { $0?.isGap } == [false, true, false, true, false])
    let end = try #require(broken.wholeSummary)
    #expect((end.minimum, end.maximum, end.gapCount) == (1, 3, 2))
    #expect(end.smoothed(.strong) == clean.wholeSummary?.smoothed(.strong))
  }

  @Test func aSeriesOfGapsAndAnEmptyOneCanBeAskedAnything() {
    for series in [Self.series([]), Self.series([.nan, .nan])] {
      #expect(series.columns(in: 0...10, count: 4).allSatisfy { $0?.isGap ?? true })
      #expect(series.interpolated(at: 1)?.isFinite != true)
      #expect(series.columns(in: 0...10, count: 0).isEmpty)
    }
  }

  @Test func aCopyOfAnEarlierStepIsUntouchedByWhatFollows() {
    let values = Self.noise(count: 3_000)
    for stop in [1, 31, 32, 33, 127, 128, 500, 1_999] {
      var series = Self.series(Array(values.prefix(stop)))
      let kept = series
      for (index, value) in values.enumerated().dropFirst(stop) {
        series.append(x: Double(index + 1), y: value)
      }
      #expect(kept == Self.series(Array(values.prefix(stop))))
      #expect(series == Self.series(values))
    }
  }

  @Test func aSampleThatGoesBackIsIgnored() {
    var series = Self.series([1, 2, 3, 4, 5])
    series.append(x: 3, y: 30)
    #expect(series == Self.series([1, 2, 3, 4, 5]))
  }

  @Test func aGrowingSeriesIsInvertedExactlyEnoughForAnAxis() throws {
    var series = MetricSeries(recentCapacity: 16, historyCapacity: 64)
    for step in 0...5_000 { series.append(x: Double(step), y: Double(step) * 0.02) }
    for step in [0.0, 17, 999.5, 4_321, 5_000] {
      let seconds = try #require(series.interpolated(at: step))
      #expect(abs(seconds - step * 0.02) < 1e-9)
      #expect(abs(try #require(series.location(of: seconds)) - step) < 1e-6)
    }
  }
}

@Suite struct ThinnedHistoryTests {
  @Test(arguments: [1, 7, 8, 9, 64, 1_000, 4_097])
  func itIsEvenlySpacedFromTheFirstValueOnAndBounded(_ count: Int) {
    var history = ThinnedHistory<Int>(capacity: 8)
    for value in 0..<count { history.offer(value) }
    let kept = Array(history.elements)
    #expect(kept.count < 8 && kept.first == 0)
    #expect(kept == (0..<kept.count).map { $0 * history.stride })
    #expect(kept.count * history.stride >= count)
  }

  @Test func aValueThatIsNotWantedIsNotBuilt() {
    var history = ThinnedHistory<Int>(capacity: 4)
    var built = 0
    func value() -> Int {
      built += 1
      return built
    }
    for _ in 0..<64 { history.offer(value()) }
    #expect(built < 20)
  }
}

@Suite struct ChunkedArrayTests {
  @Test(arguments: [0, 1, 31, 32, 33, 64, 200])
  func itHoldsWhatWasAppended(_ count: Int) {
    let array = ChunkedArray(0..<count)
    #expect(Array(array) == Array(0..<count))
    #expect(array.indices.map { array[$0] } == Array(0..<count))
  }

  @Test func theNewestAreKeptAChunkAtATime() {
    var array = ChunkedArray(0..<200)
    array.keepNewest(50)
    #expect(array.last == 199 && (50..<50 + 32).contains(array.count))
    #expect(Array(array) == Array((200 - array.count)..<200))
  }
}
