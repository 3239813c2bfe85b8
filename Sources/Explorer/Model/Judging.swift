import RunModel
import Statistics

/// Hands a finished run to the statistics: every arm against the first.
enum Judging {
  /// One verdict per arm but the first; none for a single arm or a single seed.
  static func verdicts(of run: RunRecord) -> [Verdict] {
    guard run.configuration.seeds > 1, run.arms.count > 1 else { return [] }
    let conduct = conduct(of: run)
    let inputs = run.arms.dropFirst().map { arm in
      ComparisonInput(
        setting: setting(of: run), subject: results(arm, run), reference: results(run.arms[0], run),
        control: control(of: arm, run).map { results($0, run) },
        conduct: conduct)
    }
    return Verdict.judge(inputs)
  }

  /// The matched arm that follows this one.
  private static func control(of arm: ArmRecord, _ run: RunRecord) -> ArmRecord? {
    guard arm.specification.wrapper != nil, !arm.specification.isMatched else { return nil }
    return run.arms.first {
      $0.specification.isMatched && $0.specification.name == "matched(\(arm.specification.name))"
    }
  }

  /// Whether arms that are set alike came out alike; nil when no two are.
  private static func isRepeatIdentical(_ run: RunRecord) -> Bool? {
    var answers: [Bool] = []
    for (index, arm) in run.arms.enumerated() {
      let twin = run.arms[..<index].first {
        $0.specification.name == arm.specification.name
          && $0.specification.values == arm.specification.values
      }
      guard let twin else { continue }
      if let answer = ArmResults.areIdentical(results(arm, run), results(twin, run)) {
        answers.append(answer)
      }
    }
    return answers.isEmpty ? nil : answers.allSatisfy(\.self)
  }

  private static func setting(of run: RunRecord) -> ComparisonSetting {
    let workload = run.configuration.workload
    let size = Shown.count(run.summary?.parameterCount ?? 0)
    return ComparisonSetting(
      model: workload == "language" ? size + " model" : workload + " workload",
      data: run.summary?.dataDescription ?? run.configuration.workload,
      lossUnit: run.configuration.lossUnit, budget: run.budget,
      declaredSeeds: run.configuration.seeds)
  }

  private static func results(_ arm: ArmRecord, _ run: RunRecord) -> ArmResults {
    let runs = arm.seeds.enumerated().filter { $0.element.hasStarted }.map { index, track in
      SeedRun(
        seed: run.configuration.seed + UInt64(index),
        finalLoss: track.lastRecord?.validationLoss, finalStep: track.step,
        divergedAt: track.divergedStep, trajectory: track.evaluations)
    }
    return ArmResults(
      name: arm.name, specification: arm.lane.name, runs: runs)
  }

  private static func conduct(of run: RunRecord) -> Conduct {
    var conduct = Conduct()
    conduct.isDeclaredBeforehand = true
    conduct.liveChanges = run.interventions.count
    conduct.isCostCounted = true
    conduct.isRepeatIdentical = isRepeatIdentical(run)
    conduct.hasSameInitialization = ArmResults.startTogether(run.arms.map { results($0, run) })
    return conduct
  }
}
