import Optimizers
import RunModel
import Statistics
import Studies
import Testing
import Workloads

/// Whole sweeps of real trainings on the quadratic, from the declared grid to the verdict.
@Suite(.serialized) struct SweepFalsePositiveTests {
  /// Where the cells of one sweep get their losses from.
  ///
  /// Every arm has seeds of its own, so that arms that are the same optimizer differ by luck alone. As
  /// in any sweep, the points of an arm share theirs.
  private struct Trainer {
    let workload: any Workload
    let trial: Int
    /// How many times its declared rate the masked arm and its control get; 1 for no difference.
    var factor = 1.0
    private var known: [Key: Double] = [:]

    private struct Key: Hashable {
      var rate: Double
      var seed: UInt64
    }

    init(_ workload: any Workload, trial: Int, factor: Double = 1) {
      (self.workload, self.trial, self.factor) = (workload, trial, factor)
    }

    mutating func loss(of cell: StudyCell, _ arm: ArmSpecification) throws -> Double {
      let key = Key(
        rate: arm.number("lr") * (arm.wrapper == nil ? 1 : factor),
        seed: UInt64(trial * 3 + cell.arm) * 1000 + cell.seed)
      if let loss = known[key] { return loss }
      let loss = try QuadraticTraining.loss(
        try StudyFixtures.arm("adam:lr=\(key.rate)"), workload, seed: key.seed)
      known[key] = loss
      return loss
    }
  }

  private static func workload() throws -> any Workload {
    try WorkloadRegistry.source(for: StudyFixtures.configuration(["adam"], steps: 40))
      .makeWorkload(threads: 1)
  }

  /// The verdict on an arm that masks nothing, against its base, with the control.
  private static func verdict(
    grid: String, judging: Int, extending: Int, by trainer: inout Trainer
  ) throws -> Verdict {
    let plan = try SweepPlan(
      configuration: try StudyFixtures.configuration(
        ["adam", "skip(adam):mask=0", "matched(skip(adam)):mask=0"]),
      axes: [try GridAxis(parsing: grid)], tuningSeeds: 3, judgingSeeds: judging,
      extending: extending, kernels: "test", catalog: OptimizerRegistry.catalog)
    var results: [CellResult] = []
    while true {
      let (now, stage) = plan.course(results)
      switch stage {
      case .complete:
        let findings = SweepFindings(plan: plan, results: results)
        return try #require(findings.experiment(margin: .absolute(0)).verdicts.first)
      case .tuning(let cells), .judging(let cells):
        let known = Set(results.map(\.id))
        for cell in cells where !known.contains(cell.id) {
          let loss = try trainer.loss(of: cell, now.specification(of: cell))
          let records = StudyFixtures.records(of: now.run(of: cell)) { _, _ in loss }
          results.append(try CellResult.reading(records, of: cell, in: now).result)
        }
      }
    }
  }

  /// From rates whose best may lie anywhere, so that some sweeps end at an edge and some are extended.
  @Test(.timeLimit(.minutes(5))) func equalArmsAreToldApartAtMostAsOftenAsPromised() throws {
    let trials = 400
    let workload = try Self.workload()
    var (told, atEdges, extended) = ([6: 0, 8: 0, 12: 0], 0, 0)
    for trial in 0..<trials {
      var trainer = Trainer(workload, trial: trial)
      for seeds in told.keys.sorted() {
        let verdict = try Self.verdict(
          grid: "lr=0.05..0.2:3", judging: seeds, extending: trial % 3, by: &trainer)
        #expect(verdict.checklist.status(.identicalRepeat) == .passed)
        #expect(verdict.untuned.isEmpty || verdict.claim != .better)
        told[seeds, default: 0] += verdict.claim == .better || verdict.claim == .worse ? 1 : 0
        atEdges += verdict.untuned.isEmpty ? 0 : 1
        extended += verdict.untuned.isEmpty && trial % 3 > 0 ? 1 : 0
      }
    }
    #expect(atEdges > trials / 20 && extended > trials / 20, "\(atEdges) and \(extended)")
    let limit = Binomial.quantile(0.95, trials: trials, probability: 0.05)
    for (seeds, count) in told {
      #expect(count <= limit, "\(count) of \(trials) at \(seeds) seeds, at most \(limit)")
    }
  }

  /// A true difference, but rates far below the best: the arm that is better is not the better tuned.
  @Test(.timeLimit(.minutes(3))) func noClaimOfBetterStandsOnAnEdge() throws {
    let trials = 200
    let workload = try Self.workload()
    var lower = 0
    for trial in 0..<trials {
      var trainer = Trainer(workload, trial: trial, factor: 1.5)
      let verdict = try Self.verdict(
        grid: "lr=0.002..0.02:3", judging: [6, 8, 12][trial % 3], extending: trial % 2,
        by: &trainer)
      #expect(!verdict.untuned.isEmpty)
      #expect(verdict.claim != .better && verdict.claim != .worse, "\(verdict.sentence)")
      lower += verdict.outcome == .better ? 1 : 0
    }
    #expect(lower > trials / 3, "only \(lower) of \(trials) differences could tempt the judge")
  }
}
