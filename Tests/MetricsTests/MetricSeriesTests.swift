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
    #expect(series.storedCount <= 1024 + 2 * 2048)
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
      #expect(series.value(at: 0) == nil)
    }
  }

  @Test func scrubbingFindsTheLastSampleAtOrBeforeTheStep() throws {
    let values = Self.noise(count: 2_000)
    let series = Self.series(values)
    #expect(series.value(at: 0.5) == nil)
    for step in [1_990.0, 1_990.7, 2_000, 5_000] {
      let reading = try #require(series.value(at: step))
      #expect(reading.last == values[min(Int(step), 2_000) - 1])
    }
    let old = try #require(series.value(at: 321))
    #expect((old.firstX...old.lastX).contains(321))
    #expect(old.minimum <= values[320] && values[320] <= old.maximum)
  }

  @Test(arguments: [1_000.0, 1_950, 1_999, 640, 16])
  func rewindingLeavesWhatASeriesStoppedThereWouldShow(_ step: Double) throws {
    let values = Self.noise(count: 2_000)
    var rewound = Self.series(values)
    rewound.truncate(after: step)
    let end = try #require(rewound.domain).upperBound
    #expect(end <= step)
    #expect(step - end < 32, "no more than one stretch of the history may be missing")
    let stopped = Self.series(Array(values.prefix(Int(end))))
    #expect(rewound.wholeSummary?.sampleCount == stopped.sampleCount)
    #expect(rewound.wholeSummary?.maximum == stopped.wholeSummary?.maximum)
    rewound.append(x: end + 1, y: 0.25)
    var continued = stopped
    continued.append(x: end + 1, y: 0.25)
    let (one, other) = (rewound.newest?.smoothed(.heavy), continued.newest?.smoothed(.heavy))
    #expect(abs((one ?? .nan) - (other ?? .nan)) < 1e-9)
  }

  @Test func aSampleThatGoesBackReplacesWhatLiesBeyondIt() {
    var series = Self.series([1, 2, 3, 4, 5])
    series.append(x: 3, y: 30)
    #expect(series.domain == 1...3)
    #expect(series.wholeSummary?.maximum == 30)
    #expect(series.sampleCount == 3)
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
