import Statistics
import Testing

struct OutcomeTests {
  struct Row: Sendable {
    var lower, upper: Double
    var pValue: Double?
    var seeds = 8
    var margin = 0.01
    var outcome: Outcome
  }

  @Test(arguments: [
    Row(lower: -0.04, upper: -0.02, pValue: 0.008, outcome: .better),
    Row(lower: 0.02, upper: 0.04, pValue: 0.008, outcome: .worse),
    Row(lower: -0.04, upper: -0.01, pValue: 0.008, outcome: .inconclusive),
    Row(lower: -0.04, upper: -0.005, pValue: 0.008, outcome: .inconclusive),
    Row(lower: -0.04, upper: -0.005, pValue: 0.008, margin: 0, outcome: .better),
    Row(lower: -0.04, upper: -0.02, pValue: 0.05, outcome: .inconclusive),
    Row(lower: -0.04, upper: -0.02, pValue: nil, outcome: .inconclusive),
    Row(lower: -0.04, upper: -0.02, pValue: 0.001, seeds: 5, outcome: .inconclusive),
    Row(lower: -0.01, upper: 0.01, pValue: 0.9, outcome: .equivalent),
    Row(lower: -0.009, upper: 0.002, pValue: 0.01, outcome: .equivalent),
    Row(lower: -0.009, upper: 0.002, pValue: 0.9, seeds: 5, outcome: .inconclusive),
    Row(lower: -0.02, upper: 0.02, pValue: 0.9, outcome: .inconclusive),
    Row(lower: 0, upper: 0, pValue: 1, margin: 0, outcome: .equivalent),
  ])
  func bothIntervalAndSignFlipMustAgreeBeyondTheMargin(_ row: Row) {
    let outcome = Outcome.judge(
      interval: Interval(lower: row.lower, upper: row.upper), adjustedP: row.pValue,
      seeds: row.seeds, margin: row.margin)
    #expect(outcome == row.outcome)
  }

  @Test func withoutAnIntervalNothingIsDecided() {
    #expect(
      Outcome.judge(interval: nil, adjustedP: 0.001, seeds: 9, margin: 0) == .inconclusive)
  }

  @Test func comparisonCountsWinsAndPerplexity() throws {
    let pairs = [-0.1, -0.2, 0, 0.05].enumerated().map {
      PairedDifference(seed: UInt64($0.offset), difference: $0.element)
    }
    let comparison = try #require(PairedComparison(pairs))
    #expect(comparison.wins == 2 && comparison.losses == 1 && comparison.ties == 1)
    #expect(comparison.probabilityOfImprovement == 0.625)
    expectClose(comparison.perplexityRatio ?? .nan, 0.939413062813475786)
    expectClose(comparison.median, -0.05)
    #expect(comparison.minimumAttainableP == 0.125)
    #expect(PairedComparison([]) == nil)
  }

  @Test func improvementTreatsDivergedRunsAsWorstRank() {
    let value = UnpairedComparison.improvement(
      subject: [1, .infinity], reference: [2, .infinity])
    // 1 beats both, the diverged run loses to 2 and ties with the diverged one.
    #expect(value == 0.625)
  }

  @Test func lossesKeepDivergedSeedsAsWorstRank() {
    let one = RankedLosses([1, nil, 3])
    #expect(one.mean == nil && one.median == 3 && one.diverged == 1)
    let most = RankedLosses([1, .nan, .infinity])
    #expect(most.median == nil && most.divergedShare == 2.0 / 3 && most.lowest == 1)
    let none = RankedLosses([1, 2, 6])
    #expect(none.mean == 3 && none.median == 2)
  }

  @Test func bandsAreTIntervalsAtEachPlaceAndStopAveragingAfterDivergence() throws {
    let sample = try #require(try Fixture.load().paired.first { $0.values.count == 8 })
    let curves: [[Double?]] = sample.values.map { [$0, $0 + 1] }
    let band = PointwiseBand.band(curves)
    #expect(band.count == 2)
    expectClose(band[0].center, sample.mean)
    expectClose(band[0].interval?.lower, sample.interval[0], scale: sample.sd)
    expectClose(band[1].interval?.upper, sample.interval[1] + 1)
    let broken = PointwiseBand.band([[1, 2], [1.5, nil], [2]])
    #expect(broken[1].diverged == 2 && broken[1].interval == nil && broken[1].center == nil)
    #expect(PointwiseBand.point([1, 3, nil]).center == 3)
    #expect(PointwiseBand.band([]).isEmpty)
  }
}
