import Statistics
import Testing

/// The whole verdict, on data whose truth is known.
struct SimulationTests {
  /// The share of better/worse verdicts over paired normal runs with a true `difference`.
  static func found(
    _ count: Int, difference: Double, deviation: Double, margin: Double, trials: Int,
    seed: UInt64
  ) -> Int {
    var random = TestRandom(seed: seed)
    return (0..<trials).count { _ in
      // Seeds share a large effect, as paired runs do; it must cancel.
      let runs = (0..<count).map { index -> (SeedRun, SeedRun) in
        let shared = 2 + 0.3 * random.normal()
        let loss = shared + difference + deviation * random.normal()
        return (
          SeedRun(seed: UInt64(index), finalLoss: loss, finalStep: 100),
          SeedRun(seed: UInt64(index), finalLoss: shared, finalStep: 100)
        )
      }
      let input = ComparisonInput(
        setting: ComparisonSetting(
          model: "model", data: "noise", budget: 100, declaredSeeds: count),
        subject: ArmResults(name: "b", runs: runs.map(\.0)),
        reference: ArmResults(name: "a", runs: runs.map(\.1)),
        margin: .absolute(margin))
      return Verdict.judge(input).outcome.isDecided
    }
  }

  /// The largest count of false verdicts that 5 % explains at 95 % confidence.
  static func limit(_ trials: Int) -> Int {
    Binomial.quantile(0.95, trials: trials, probability: 0.05)
  }

  @Test(arguments: [6, 8, 12], [0, 0.01])
  func identicalArmsAreRarelyToldApart(_ count: Int, _ margin: Double) {
    let trials = 400
    let found = Self.found(
      count, difference: 0, deviation: 0.027, margin: margin, trials: trials,
      seed: UInt64(count) + (margin > 0 ? 1000 : 0))
    #expect(found <= Self.limit(trials), "\(found) of \(trials)")
    // The rule must not be so strict that it could never speak.
    if margin == 0 { #expect(found > 0) }
  }

  @Test(arguments: [1, 2, 3, 5])
  func fewerThanSixSeedsDecideNothingHoweverLargeTheDifference(_ count: Int) {
    let found = Self.found(
      count, difference: 1, deviation: 0.01, margin: 0, trials: 25, seed: 2)
    #expect(found == 0)
  }

  struct Plan: Sendable {
    var deviation, difference, margin: Double
    var seeds: Int
  }

  @Test(arguments: [
    Plan(deviation: 0.027, difference: 0.02, margin: 0, seeds: 16),
    Plan(deviation: 0.027, difference: 0.03, margin: 0.01, seeds: 16),
    Plan(deviation: 0.01, difference: 0.01, margin: 0, seeds: 10),
    Plan(deviation: 0.01, difference: 0.02, margin: 0, seeds: 6),
    Plan(deviation: 0.01, difference: 0.04, margin: 0.01, seeds: 6),
    Plan(deviation: 0.01, difference: -0.012, margin: 0, seeds: 8),
    Plan(deviation: 0.05, difference: 0.03, margin: 0, seeds: 24),
  ])
  func plantedDifferenceIsFoundAtThePromisedPower(_ plan: Plan) throws {
    let hint = try #require(
      PowerHint.seedsNeeded(
        standardDeviation: plan.deviation, difference: plan.difference, margin: plan.margin))
    #expect(hint.seeds == plan.seeds)
    // Above 16 seeds each test draws 99 999 sign patterns, so fewer trials have to do.
    let trials = hint.seeds > SignFlip.exactLimit ? 100 : 400
    let found = Self.found(
      hint.seeds, difference: plan.difference, deviation: plan.deviation, margin: plan.margin,
      trials: trials, seed: 77)
    let power = hint.promisedPower
    let error = (power * (1 - power) / Double(trials)).squareRoot()
    let rate = Double(found) / Double(trials)
    #expect(abs(rate - power) < 3.5 * error + 1e-3, "\(rate) where \(power) is promised")
  }

  @Test func theHintFollowsTheNoncentralT() throws {
    for row in try Fixture.load().needed {
      let hint = try #require(
        PowerHint.seedsNeeded(standardDeviation: row[0], difference: row[1], margin: row[2]))
      #expect(abs(Double(hint.seeds) - row[3]) <= 0.5 + 1e-9)
      #expect(hint.promisedPower > 0.77)
    }
  }

  @Test func nobodyIsPromisedWhatNoNumberOfSeedsCanShow() {
    #expect(PowerHint.seedsNeeded(standardDeviation: 0.02, difference: 0.01, margin: 0.01) == nil)
    #expect(PowerHint.seedsNeeded(standardDeviation: 0, difference: 0.01) == nil)
    #expect(PowerHint.seedsNeeded(standardDeviation: 1, difference: 1e-4) == nil)
    let hint = PowerHint(
      standardDeviation: 1, difference: 9, margin: 0, wantedPower: 0.8, seeds: 5,
      promisedPower: 0)
    #expect(hint.verdictPower(5) == 0)
  }
}
