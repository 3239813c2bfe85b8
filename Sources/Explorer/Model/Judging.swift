import RunModel
import Statistics

/// Hands a finished run to the judge that `compare`, `report` and `sweep` ask as well.
enum Judging {
  /// One verdict per arm that is judged; none for a single arm or a single seed.
  static func verdicts(of run: RunRecord) -> [Verdict] {
    guard run.configuration.seeds > 1, run.arms.count > 1 else { return [] }
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.liveChanges = run.interventions.count
    return Experiment(
      run.configuration,
      arms: zip(run.arms, run.configuration.arms).map { record, declared in
        JudgedArm(lane: record.lane, arm: declared, runs: runs(record, run))
      },
      declaredSeeds: run.configuration.seeds, conduct: conduct
    ).verdicts
  }

  private static func runs(_ arm: ArmRecord, _ run: RunRecord) -> [SeedRun] {
    arm.seeds.enumerated().filter { $0.element.hasStarted }.map { index, track in
      SeedRun(
        seed: run.configuration.seed + UInt64(index),
        finalLoss: track.lastRecord?.validationLoss, finalStep: track.divergedStep ?? track.step,
        divergedAt: track.divergedStep, trajectory: track.evaluations)
    }
  }
}
