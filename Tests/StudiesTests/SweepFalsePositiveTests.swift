import Optimizers
import RunModel
import Statistics
import Studies
import Testing
import Workloads

/// Whole sweeps of real trainings on the quadratic, from the declared grid to the verdict.
///
/// No two cells share a seed, so that arms that are the same optimizer differ by luck alone.
@Suite(.serialized) struct SweepFalsePositiveTests {
  /// Where every cell of a sweep gets its loss from.
  private struct Trainer {
    var workload: any Workload
    private var nextSeed: UInt64 = 0
    /// Of the present sweep's judging cells, which their repetitions must equal.
    private var judged: [String: Double] = [:]
    /// How many times its declared rate the masked arm and its control get; 1 for no difference.
    var factor: Double

    init(_ workload: any Workload, factor: Double) {
      (self.workload, self.factor) = (workload, factor)
    }

    mutating func loss(of cell: StudyCell, _ arm: ArmSpecification) throws -> Double {
      var original = cell
      original.phase = .judging
      if cell.phase == .repetition, let loss = judged[original.id] { return loss }
      let loss = try loss(of: arm)
      judged[cell.id] = loss
      return loss
    }

    private mutating func loss(of arm: ArmSpecification) throws -> Double {
      nextSeed += 1
      let rate = arm.number("lr") * (arm.wrapper == nil ? 1 : factor)
      return try QuadraticTraining.loss(
        try StudyFixtures.arm("adam:lr=\(rate)"), workload, seed: nextSeed)
    }
  }

  private static func trainer(factor: Double = 1) throws -> Trainer {
    let source = try WorkloadRegistry.source(
      for: try StudyFixtures.configuration(["adam"], steps: 40))
    return Trainer(source.makeWorkload(threads: 1), factor: factor)
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
  @Test(.timeLimit(.minutes(5)), arguments: [6, 8, 12])
  func equalArmsAreToldApartAtMostAsOftenAsPromised(_ seeds: Int) throws {
    let trials = 400
    var trainer = try Self.trainer()
    var (told, atEdges, extended) = (0, 0, 0)
    for trial in 0..<trials {
      let verdict = try Self.verdict(
        grid: "lr=0.05..0.2:3", judging: seeds, extending: trial % 3, by: &trainer)
      #expect(verdict.checklist.status(.identicalRepeat) == .passed)
      told += verdict.claim == .better || verdict.claim == .worse ? 1 : 0
      atEdges += verdict.untuned.isEmpty ? 0 : 1
      extended += verdict.untuned.isEmpty && trial % 3 > 0 ? 1 : 0
      #expect(verdict.untuned.isEmpty || verdict.claim != .better)
    }
    #expect(atEdges > trials / 20 && extended > trials / 20, "edges \(atEdges), inside \(extended)")
    let limit = Binomial.quantile(0.95, trials: trials, probability: 0.05)
    print("A/A at", seeds, "seeds: told", told, "edges", atEdges, "extended", extended)
    #expect(told <= limit, "\(told) of \(trials), at most \(limit)")
  }

  /// A true difference, but rates far below the best: the arm that is better is not the better tuned.
  @Test(.timeLimit(.minutes(3))) func noClaimOfBetterStandsOnAnEdge() throws {
    let trials = 200
    var trainer = try Self.trainer(factor: 1.5)
    var lower = 0
    for trial in 0..<trials {
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
