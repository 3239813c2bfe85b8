import Optimizers
import RunModel
import Statistics
import Testing
import Workloads

/// Compares an optimizer with itself on the quadratic: whatever is decided is decided wrongly.
struct FalsePositiveTests {
  private static let trials = 400

  /// Final losses of `trials` pairs of 12 seeds, all seeds different.
  private static let differences: [[Double]] = {
    guard let pairs = try? measured() else { return [] }
    return pairs
  }()

  private static func measured() throws -> [[Double]] {
    let arm = try StudyFixtures.arm("adam:lr=0.02")
    let source = try WorkloadRegistry.source(
      for: try StudyFixtures.configuration(["adam"], steps: 40))
    let workload = source.makeWorkload(threads: 1)
    var seed: UInt64 = 0
    return try (0..<trials).map { _ in
      try (0..<12).map { _ in
        seed += 2
        return try QuadraticTraining.loss(arm, workload, seed: seed)
          - QuadraticTraining.loss(arm, workload, seed: seed + 1)
      }
    }
  }

  @Test(.timeLimit(.minutes(3)), arguments: [5, 6, 8, 12], [0, 0.01])
  func decidesAtMostAsOftenAsPromised(_ seeds: Int, _ margin: Double) throws {
    #expect(Self.differences.count == Self.trials)
    #expect(Set(Self.differences.joined()).count > 1000, "the seeds must differ")
    let decided = Self.differences.count { values in
      let pairs = values.prefix(seeds).enumerated().map {
        PairedDifference(seed: UInt64($0), difference: $1)
      }
      guard let comparison = PairedComparison(pairs) else { return false }
      return Outcome.judge(
        interval: comparison.tTest?.interval, adjustedP: comparison.signFlip.pValue, seeds: seeds,
        margin: margin
      ).isDecided
    }
    let limit = Binomial.quantile(0.95, trials: Self.trials, probability: 0.05)
    #expect(decided <= (seeds < Outcome.minimumSeeds ? 0 : limit), "\(decided) of \(Self.trials)")
  }
}
