import Optimizers
import RunModel
import Statistics
import TensorKernels
import Testing
import Workloads

/// The same optimizer at two rates on the quadratic: a true difference must be found as promised.
struct PlantedDifferenceTests {
  /// Paired differences of `count` pairs, all seeds different, so that luck plays its part.
  private static func differences(factor: Double, count: Int) throws -> [Double] {
    let source = try WorkloadRegistry.source(
      for: try StudyFixtures.configuration(["adam"], steps: 40))
    let workload = source.makeWorkload(threads: 1)
    let slow = try StudyFixtures.arm("adam:lr=0.02")
    let fast = try StudyFixtures.arm("adam:lr=\(0.02 * factor)")
    return try (0..<UInt64(count)).map { pair in
      try QuadraticTraining.loss(fast, workload, seed: 2 * pair)
        - QuadraticTraining.loss(slow, workload, seed: 2 * pair + 1)
    }
  }

  @Test(.timeLimit(.minutes(3))) func isFoundAtTheHintedPower() throws {
    // A large pilot stands for the truth that the hint is about.
    let factor = 1.2
    let pilot = try Self.differences(factor: factor, count: 1500)
    let deviation = try #require(Summary.standardDeviation(pilot))
    let mean = try #require(Summary.mean(pilot))
    let hint = try #require(
      PowerHint.seedsNeeded(standardDeviation: deviation, difference: mean))
    #expect((7...16).contains(hint.seeds), "with \(hint.seeds) seeds the power would be trivial")
    let trials = 300
    let all = try Self.differences(factor: factor, count: trials * hint.seeds)
    let found = (0..<trials).count { trial in
      let values = all[trial * hint.seeds..<(trial + 1) * hint.seeds]
      let pairs = values.enumerated().map { PairedDifference(seed: UInt64($0), difference: $1) }
      guard let comparison = PairedComparison(pairs) else { return false }
      let outcome = Outcome.judge(
        interval: comparison.tTest?.interval, adjustedP: comparison.signFlip.pValue,
        seeds: hint.seeds, margin: 0)
      return outcome == (hint.difference < 0 ? .better : .worse)
    }
    let rate = Double(found) / Double(trials)
    let power = hint.promisedPower
    let error = (power * (1 - power) / Double(trials)).squareRoot()
    // The hint assumes normal differences; these are only roughly so.
    #expect(
      abs(rate - power) < 3.5 * error + 0.03,
      "found \(rate), promised \(power) with \(hint.seeds) seeds at factor \(factor)")
  }
}
