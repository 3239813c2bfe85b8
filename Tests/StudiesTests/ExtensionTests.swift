import Optimizers
import RunModel
import Statistics
import Studies
import Testing

/// Grids of single arms, points added outward, and what the judge is told of both.
struct ExtensionTests {
  private func plan(
    _ arms: [String], _ grids: [String], extending: Int = 0
  ) throws -> SweepPlan {
    try SweepPlan(
      configuration: try StudyFixtures.configuration(arms),
      axes: try grids.map { try GridAxis(parsing: $0) }, tuningSeeds: 2, judgingSeeds: 6,
      extending: extending, kernels: "test", catalog: OptimizerRegistry.catalog)
  }

  private func plan(_ grids: [String], extending: Int = 0) throws -> SweepPlan {
    try plan(["adam", "magma(adam)"], grids, extending: extending)
  }

  /// The whole course of a plan with made-up losses, whose best rate is 0.01.
  private func findings(_ plan: SweepPlan) throws -> (SweepFindings, rounds: Int) {
    var results: [CellResult] = []
    var rounds = 0
    while true {
      let (now, stage) = plan.course(results)
      let cells: [StudyCell]
      switch stage {
      case .complete: return (SweepFindings(plan: plan, results: results), rounds)
      case .tuning(let open), .judging(let open): cells = open
      }
      rounds += 1
      let known = Set(results.map(\.id))
      for cell in cells where !known.contains(cell.id) {
        let records = StudyFixtures.records(of: now.run(of: cell))
        results.append(try CellResult.reading(records, of: cell, in: now).result)
      }
    }
  }

  @Test func withoutExtensionTheEdgeIsToldAndNothingIsBetter() throws {
    let (findings, rounds) = try findings(try plan(["lr=0.02..0.2:3"]))
    #expect(rounds == 2)
    let verdict = try #require(findings.experiment(margin: .absolute(0.001)).verdicts.first)
    #expect(verdict.outcome == .better && verdict.claim == .looksLower)
    #expect(verdict.untuned.count == 2 && verdict.words == "looks lower, not tuned")
  }

  @Test func pointsAreAddedOutwardUntilTheBestLiesInside() throws {
    let (findings, rounds) = try findings(try plan(["lr=0.02..0.2:3"], extending: 3))
    #expect(rounds == 4, "the declared grid, two points outward, the judging")
    for arm in 0..<2 {
      let rates = findings.plan.points(ofArm: arm).map { $0[0].value }
      #expect(rates == [0.02, 0.06325, 0.2, 0.006324, 0.002] || rates.count == 5, "\(rates)")
      #expect(findings.edgeKeys(ofArm: arm).isEmpty)
      #expect(findings.record(ofArm: arm)?.rates == 3 + 3, "the allowance is what was given")
    }
    let verdict = try #require(findings.experiment(margin: .absolute(0.001)).verdicts.first)
    #expect(verdict.claim == .better && verdict.untuned.isEmpty)
  }

  @Test func theAllowanceEndsTheExtensionAndTheEdgeStays() throws {
    let (findings, _) = try findings(try plan(["lr=0.2..2:3"], extending: 1))
    #expect(findings.plan.extensions.map(\.count) == [1, 1])
    #expect(findings.edgeKeys(ofArm: 0) == ["lr"])
  }

  @Test func nothingLiesBeyondTheLastAllowedValue() throws {
    let (findings, _) = try findings(
      try plan(["magma(adam)", "skip(adam)"], ["mask=0..0.8:3:linear"], extending: 2))
    #expect(findings.bestPoints == [0, 0])
    #expect(findings.edgeKeys(ofArm: 0).isEmpty, "a mask of 0 is the last there is")
    let extensions = findings.plan.extensions
    #expect(extensions.allSatisfy { $0.isEmpty })
  }

  @Test func anArmsOwnGridReplacesAndAdds() throws {
    let plan = try plan(
      ["adam", "magma(adam)", "matched(magma(adam))"],
      ["a:lr=1e-3..1e-1:6", "m:lr=1e-3..1e-1:3", "m:tau=1..4:2", "c:lr=1e-3..1e-1:6"])
    #expect(plan.points(ofArm: 0).count == 6 && plan.points(ofArm: 1).count == 6)
    #expect(plan.points(ofArm: 1)[1].map(\.key) == ["lr", "tau"])
    #expect(plan.lanes.map(\.name) == ["adam", "magma(adam)", "matched(magma(adam))"])
    #expect(plan.sharedKey == nil)
    let (findings, _) = try findings(plan)
    let verdict = try #require(findings.experiment(margin: .usual).verdicts.first)
    #expect(verdict.sentence.contains("m:lr=0.001..0.1:3 m:tau=1..4:2"), "\(verdict.sentence)")
    #expect(verdict.checklist.passes(.equalSweep))
  }

  @Test func aControlIsSweptAsTheArmItFollows() throws {
    let plan = try plan(
      ["magma(adam)", "matched(magma(adam))"], ["lr=1e-3..1e-1:3", "m:tau=1..4:2"])
    #expect(plan.points(ofArm: 0) == plan.points(ofArm: 1))
  }

  @Test(arguments: [
    (["lr=1e-3..1e-1:3", "m:tau=1..4:2"], "as many points"),
    (["lr=1e-3..1e-1:3", "z:tau=1..4:2"], "no arm 'z'"),
    (["a:tau=1..4:2", "m:tau=1..4:2"], "has no setting 'tau'"),
  ])
  func unequalOrSenselessGridsAreRefused(_ grids: [String], _ reason: String) {
    let error = #expect(throws: RunError.self) { try plan(grids) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
  }
}
