import Statistics
import Testing

struct SampleTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.load()
  }

  @Test func summariesMatchNumpyEvenUnderCancellation() {
    #expect(fixture.paired.count == 10)
    for sample in fixture.paired {
      let values = sample.values
      expectClose(Summary.mean(values), sample.mean, scale: 1e-3)
      expectClose(Summary.standardDeviation(values), sample.sd)
      expectClose(Summary.standardError(values), sample.standardError)
      expectClose(Summary.median(values), sample.median, scale: 1e-6)
      for pair in sample.quantiles {
        expectClose(Summary.quantile(values, pair[0]), pair[1], scale: 1e-6)
      }
    }
  }

  @Test func summariesOfTooFewValuesAreNil() {
    #expect(Summary.mean([]) == nil)
    #expect(Summary.median([]) == nil)
    #expect(Summary.standardDeviation([1]) == nil)
    #expect(Summary.standardError([1]) == nil)
    #expect(Summary.median([1, .infinity]) == .infinity)
    #expect(Summary.median([1, 2, .infinity]) == 2)
  }

  @Test func pairedTestMatchesScipy() throws {
    for sample in fixture.paired {
      let test = try #require(TTest.paired(sample.values))
      let scale = sample.sd
      expectClose(test.statistic, sample.statistic)
      expectClose(test.pValue, sample.p)
      expectClose(test.interval.lower, sample.interval[0], scale: scale)
      expectClose(test.interval.upper, sample.interval[1], scale: scale)
      let wide = try #require(TTest.paired(sample.values, confidence: 0.9894))
      expectClose(wide.interval.lower, sample.wideInterval[0], scale: scale)
      expectClose(wide.interval.upper, sample.wideInterval[1], scale: scale)
    }
  }

  @Test func pairedTestOfConstantsNeedsNoDivision() throws {
    let same = try #require(TTest.paired([0, 0, 0]))
    #expect(same.pValue == 1 && same.statistic == nil)
    #expect(same.interval == Interval(lower: 0, upper: 0))
    let shifted = try #require(TTest.paired([0.5, 0.5, 0.5]))
    #expect(shifted.pValue == 0 && shifted.interval == Interval(lower: 0.5, upper: 0.5))
    #expect(TTest.paired([1]) == nil)
  }

  @Test func welchMatchesScipy() throws {
    for pair in fixture.welch {
      let test = try #require(TTest.welch(pair.first, pair.second))
      expectClose(test.statistic, pair.statistic)
      expectClose(test.degrees, pair.df)
      expectClose(test.pValue, pair.p)
      expectClose(test.interval.lower, pair.interval[0])
      expectClose(test.interval.upper, pair.interval[1])
      expectClose(
        UnpairedComparison.improvement(subject: pair.first, reference: pair.second),
        pair.improvement)
    }
  }

  @Test func bootstrapIntervalIsScipysOnTheSameDraws() throws {
    for sample in fixture.bootstrap {
      let interval = try #require(
        Bootstrap.bca(sample.values, resamples: 2_000, seed: sample.seed))
      expectClose(interval.lower, sample.interval[0], scale: sample.scale)
      expectClose(interval.upper, sample.interval[1], scale: sample.scale)
    }
  }

  @Test func bootstrapRepeatsWithItsSeedAndNeedsVariation() {
    let values = [0.1137, -0.2041, 0.4219, 0.3007, 0.0533, 0.1903, -0.0071, 0.2611]
    #expect(Bootstrap.bca(values, seed: 3) == Bootstrap.bca(values, seed: 3))
    #expect(Bootstrap.bca(values, seed: 3) != Bootstrap.bca(values, seed: 4))
    #expect(Bootstrap.bca([1, 1, 1]) == nil)
    #expect(Bootstrap.bca([1, 2]) == nil)
  }

  @Test func holmMatchesTheReferenceAndKeepsTheOrder() {
    for family in fixture.holm {
      let adjusted = Holm.adjust(family.p)
      for (value, reference) in zip(adjusted, family.adjusted) { expectClose(value, reference) }
    }
    var random = TestRandom(seed: 11)
    for _ in 0..<200 {
      let family = (0..<7).map { _ in random.uniform() * random.uniform() }
      let adjusted = Holm.adjust(family)
      for i in family.indices {
        #expect(adjusted[i] >= family[i] && adjusted[i] <= 1)
        for j in family.indices where family[i] < family[j] {
          #expect(adjusted[i] <= adjusted[j])
        }
      }
    }
    #expect(Holm.adjust([]) == [])
  }
}
