import RunModel
import Statistics
import Studies
import Testing

struct SweepFindingsTests {
  /// All cells of `plan` from made-up runs.
  static func findings(
    _ plan: SweepPlan, divergingAbove limit: Double = .infinity,
    change: (inout CellResult) -> Void = { _ in }
  ) throws -> SweepFindings {
    var results: [CellResult] = []
    var times: [CellTimes] = []
    func add(_ cells: [StudyCell]) throws {
      for cell in cells {
        let records = StudyFixtures.records(of: plan.run(of: cell), divergingAbove: limit)
        var (result, cost) = try CellResult.reading(records, of: cell, in: plan)
        change(&result)
        results.append(result)
        times.append(cost)
      }
    }
    try add(plan.tuningCells)
    try add(plan.judgingCells(best: SweepFindings(plan: plan, results: results).bestPoints))
    return SweepFindings(plan: plan, results: results, times: times)
  }

  @Test func findsTheBottomOfEveryValley() throws {
    let findings = try Self.findings(try StudyFixtures.plan())
    #expect(findings.bestPoints == [1, 1, 1])
    #expect(findings.analysis.hasEqualBudgets)
    #expect(findings.edgeKeys(ofArm: 0).isEmpty)
  }

  @Test func warnsWhenTheBestLiesAtTheEdge() throws {
    let findings = try Self.findings(try StudyFixtures.plan(grids: ["lr=1e-2..1:3"]))
    #expect(findings.bestPoints == [0, 0, 0])
    #expect(findings.edgeKeys(ofArm: 1) == ["lr"])
    #expect(try findings.document(.plain, margin: .usual).contains("extend the grid"))
  }

  @Test func anArmThatDivergesEverywhereIsNotJudged() throws {
    let findings = try Self.findings(try StudyFixtures.plan(), divergingAbove: 0)
    #expect(findings.bestPoints == [nil, nil, nil])
    #expect(findings.experiment(margin: .absolute(0.01)).comparisons.isEmpty)
    #expect(try findings.document(.plain, margin: .usual).contains("diverged everywhere"))
  }

  @Test func divergedCellsCountAsWorstAndAreShown() throws {
    let findings = try Self.findings(try StudyFixtures.plan(), divergingAbove: 0.05)
    #expect(findings.bestPoints == [1, 1, 1])
    #expect(findings.summary(ofArm: 0).map { ($0.divergedShare * 3).rounded() } == 1)
  }

  @Test func theSubjectMeetsItsBaseAndItsControlOnFreshSeeds() throws {
    let inputs = try Self.findings(try StudyFixtures.plan(judging: 8)).experiment(
      margin: .absolute(0.01)
    ).comparisons
    #expect(inputs.count == 1)
    let input = try #require(inputs.first)
    #expect(input.subject.name == "magma(adam):lr=0.01" && input.reference.name == "adam:lr=0.01")
    #expect(input.control?.name == "matched(magma(adam)):lr=0.01")
    let verdict = Verdict.judge(input)
    #expect(verdict.outcome == .better)
    #expect(verdict.grade == .a, "\(verdict.checklist.checks)")
    #expect(verdict.sentence.hasSuffix("Nothing here speaks about larger models."))
  }

  @Test func aRepetitionThatDiffersRaisesTheAlarm() throws {
    let plan = try StudyFixtures.plan()
    #expect(try Self.findings(plan).isRepeatIdentical == true)
    let findings = try Self.findings(plan) { result in
      if result.cell.phase == .repetition { result.finalLoss = result.finalLoss?.nextUp }
    }
    #expect(findings.isRepeatIdentical == false)
    let verdict = try #require(
      Verdict.judge(findings.experiment(margin: .absolute(0.01)).comparisons).first)
    #expect(verdict.checklist.status(.identicalRepeat) == .failed)
    #expect(verdict.grade == .c)
  }

  @Test func armsOfOtherBasesMeetTheirOwnBase() throws {
    let plan = try StudyFixtures.plan(["adam", "sgd", "magma(sgd)"])
    let inputs = try Self.findings(plan).experiment(margin: .absolute(0.01)).comparisons
    #expect(inputs.map(\.subject.name) == ["sgd:lr=0.01", "magma(sgd):lr=0.01"])
    #expect(inputs.map(\.reference.name) == ["adam:lr=0.01", "sgd:lr=0.01"])
  }

  @Test func armsAreNamedByWhatIsNotSwept() throws {
    let plan = try StudyFixtures.plan(["adam:lr=0.5", "adam:lr=0.7", "adam:beta1=0.8,lr=3"])
    #expect(plan.lanes.map(\.name) == ["adam", "adam#2", "adam:beta1=0.8"])
    let judged = try Self.findings(plan).judged
    #expect(judged.map(\.lane.letter) == plan.lanes.map(\.letter))
    #expect(Set(judged.map(\.lane.name)).count == 3, "equal best values must not merge arms")
  }

  @Test func everyFormatCarriesEveryCell() throws {
    let findings = try Self.findings(try StudyFixtures.plan())
    let csv = try findings.document(.csv, margin: .usual)
    #expect(csv.split(separator: "\r\n").count == 1 + findings.results.count)
    let lines = try findings.document(.jsonl, margin: .usual).split(separator: "\n")
    #expect(lines.count { $0.contains("\"kind\":\"cell\"") } == findings.results.count)
    #expect(lines.count { $0.contains("\"kind\":\"arm\"") } == 3)
    #expect(lines.count { $0.contains("\"kind\":\"verdict\"") } == 1)
  }
}
