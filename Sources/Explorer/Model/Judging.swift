import History
import RunModel
import Statistics

/// Hands a finished run to the judge that `compare`, `report` and `sweep` ask as well.
package enum Judging {
  /// One verdict per arm that is judged; none for a single arm or a single seed.
  package static func verdicts(of run: RunMoment) -> [Verdict] {
    guard run.configuration.seeds > 1, run.arms.count > 1 else { return [] }
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.liveChanges = run.changes.count
    return Experiment(
      run.configuration,
      arms: run.arms.map { JudgedArm(lane: $0.lane, arm: $0.arm.specification, runs: runs($0)) },
      declaredSeeds: run.configuration.seeds, conduct: conduct
    ).verdicts
  }

  private static func runs(_ arm: ArmMoment) -> [SeedRun] {
    arm.seeds.filter { !$0.evaluations.isEmpty }.map { seed in
      SeedRun(
        seed: seed.seed, finalLoss: seed.evaluations.last?.validationLoss,
        finalStep: seed.divergedStep
          ?? max(seed.track?.step ?? 0, seed.evaluations.last?.step ?? 0),
        divergedAt: seed.divergedStep, trajectory: seed.evaluations.map(EvaluationPoint.init))
    }
  }
}

extension EvaluationPoint {
  init(_ record: EvaluationRecord) {
    self.init(
      step: record.step, tokens: record.tokens, cpuSeconds: record.cpuSeconds,
      validationLoss: record.validationLoss)
  }
}
