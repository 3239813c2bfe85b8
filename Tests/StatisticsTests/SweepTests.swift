import Statistics
import Testing

struct SweepTests {
  /// Cells of one arm from losses[rate][seed].
  static func cells(
    _ arm: String, _ losses: [(Double, [Double?])], steps: Int = 100
  ) -> [SweepCell] {
    losses.flatMap { rate, seeds in
      seeds.enumerated().map {
        SweepCell(
          arm: arm, rate: rate, seed: UInt64($0.offset), steps: steps, finalLoss: $0.element)
      }
    }
  }

  static let adam = cells(
    "adam",
    [
      (1e-2, [.nan, nil, 9]), (1e-4, [3, 3.1, 3.2]), (3e-4, [2.04, 2.03, 2.05]),
      (1e-3, [2, 2.01, 1.99]), (3e-3, [2.02, nil, 2.03]),
    ])

  @Test func bestRateAndValleyComeFromTheMedianWithDivergedAsWorst() throws {
    let analysis = SweepAnalysis(Self.adam)
    let arm = try #require(analysis.arms.first)
    #expect(arm.points.map(\.rate) == [1e-4, 3e-4, 1e-3, 3e-3, 1e-2])
    #expect(arm.bestRate == 1e-3 && arm.bestScore == 2 && arm.edge == nil)
    #expect(arm.valleyLow == 3e-4 && arm.valleyHigh == 3e-3)
    expectClose(arm.valleyFactor, 10)
    expectClose(arm.valleyDecades, 1)
    expectClose(arm.divergedShare, 3.0 / 15)
    #expect(arm.points[4].score == nil && arm.isComplete)
  }

  @Test func theMeanLosesARateThatDivergedOnce() throws {
    let arm = try #require(SweepAnalysis(Self.adam, criterion: .mean).arms.first)
    #expect(arm.valleyHigh == 1e-3)
    #expect(arm.points[3].score == nil)
  }

  @Test func theValleyStopsAtTheFirstRateOutsideTheTolerance() throws {
    let broken = Self.cells("a", [(1, [1.01]), (2, [1.2]), (3, [1]), (4, [1.05]), (5, [1.051])])
    let arm = try #require(SweepAnalysis(broken).arms.first)
    #expect(arm.bestRate == 3 && arm.valleyLow == 3 && arm.valleyHigh == 4)
  }

  @Test(arguments: [
    ([1.0, 2, 3], GridEdge?.some(.low)), ([3, 2, 1], .high), ([2, 1, 3], nil), ([1], .both),
    ([1, 1, 1], .low),
  ])
  func bestAtTheEdgeOfTheGridIsFlagged(_ losses: [Double], _ edge: GridEdge?) throws {
    let grid = losses.enumerated().map { (Double($0.offset + 1), [Double?.some($0.element)]) }
    let arm = try #require(SweepAnalysis(Self.cells("a", grid)).arms.first)
    #expect(arm.edge == edge)
  }

  @Test func anArmThatAlwaysDivergesHasNoBestRate() throws {
    let arm = try #require(SweepAnalysis(Self.cells("a", [(1, [nil]), (2, [nil])])).arms.first)
    #expect(arm.bestRate == nil && arm.valleyFactor == nil && arm.edge == nil)
    #expect(arm.divergedShare == 1)
  }

  @Test func budgetsAreEqualOnlyWhenRatesSeedsAndStepsAre() {
    let first = Self.cells("a", [(1, [1, 2]), (2, [1, 2])])
    func isEqual(_ other: [SweepCell]) -> Bool { SweepAnalysis(first + other).hasEqualBudgets }
    #expect(isEqual(Self.cells("b", [(5, [1, 2]), (9, [1, nil])])))
    #expect(!isEqual(Self.cells("b", [(5, [1, 2])])))
    #expect(!isEqual(Self.cells("b", [(5, [1]), (9, [1])])))
    #expect(!isEqual(Self.cells("b", [(5, [1, 2]), (9, [1])])))
    #expect(!isEqual(Self.cells("b", [(5, [1, 2]), (9, [1, 2])], steps: 99)))
    #expect(!isEqual(Self.cells("b", [(5, [1, 2]), (9, [1, 2])]) + [first[0]]))
  }

  @Test func armsKeepTheOrderOfTheirFirstCell() {
    let cells = Self.cells("z", [(1, [1])]) + Self.cells("a", [(1, [1])])
    #expect(SweepAnalysis(cells).arms.map(\.arm) == ["z", "a"])
    #expect(SweepAnalysis([]).arms.isEmpty)
  }

  @Test func timeToTargetTakesTheFirstRawHitAndCountsMisses() {
    func run(_ losses: [Double?]) -> SeedRun {
      let points = losses.enumerated().map {
        EvaluationPoint(
          step: 10 * $0.offset, tokens: 100 * $0.offset, cpuSeconds: 0.5 * Double($0.offset),
          validationLoss: $0.element)
      }
      return SeedRun(
        seed: 0, finalLoss: losses.last ?? nil, finalStep: 10 * (losses.count - 1),
        trajectory: points)
    }
    let time = TimeToTarget(
      target: 2, runs: [run([3, 2, 2.5]), run([3, 2.5, 1.9]), run([3, nil, nil])])
    #expect(time.hits.map { $0?.step } == [10, 20, nil])
    #expect(time.medianSteps == 20 && time.medianTokens == 200 && time.medianCPUSeconds == 1)
    #expect(time.misses == 1)
    expectClose(time.missShare, 1.0 / 3)
    let missed = TimeToTarget(target: 1, runs: [run([3]), run([0.5]), run([2])])
    #expect(missed.medianSteps == nil && missed.misses == 2)
    #expect(TimeToTarget(target: 1, runs: []).missShare == 0)
  }
}
