import Optimizers
import RunModel
import Studies
import Testing

struct SweepPlanTests {
  @Test func everyArmGetsEveryPointAndTuningSeedOnce() throws {
    let plan = try StudyFixtures.plan()
    let cells = plan.tuningCells
    #expect(cells.count == 3 * 3 * 2)
    #expect(Set(cells.map(\.id)).count == cells.count)
    for arm in 0..<3 {
      #expect(cells.count { $0.arm == arm } == 6)
    }
    #expect(
      cells.prefix(4).map(\.id) == [
        "tuning-a0-p0-s5", "tuning-a1-p0-s5", "tuning-a2-p0-s5", "tuning-a0-p1-s5",
      ])
  }

  @Test func judgingSeedsWereNeverUsedForTuning() throws {
    let plan = try StudyFixtures.plan()
    #expect(plan.tuningSeeds == [5, 6])
    #expect(plan.judgingSeeds == [7, 8, 9, 10, 11, 12])
    #expect(Set(plan.tuningSeeds).isDisjoint(with: plan.judgingSeeds))
  }

  @Test func judgingRunsEveryArmAtItsBestAndRepeatsTheFirstSeed() throws {
    let cells = try StudyFixtures.plan().judgingCells(best: [1, nil, 2])
    #expect(cells.count { $0.phase == .judging } == 2 * 6)
    #expect(cells.suffix(2).map(\.id) == ["repetition-a0-p1-s7", "repetition-a2-p2-s7"])
    #expect(!cells.contains { $0.arm == 1 })
  }

  @Test func aMatchedArmTrainsBesideTheArmItFollows() throws {
    let plan = try StudyFixtures.plan()
    let cell = StudyCell(phase: .tuning, arm: 2, point: 1, seed: 6)
    let run = plan.run(of: cell)
    #expect(run.arms.map(\.text) == ["magma(adam):lr=0.01", "matched(magma(adam)):lr=0.01"])
    #expect(run.arms[0].isFollowed(by: run.arms[1]))
    #expect(run.seed == 6 && run.seeds == 1 && run.threads == 1)
    let plain = plan.run(of: StudyCell(phase: .tuning, arm: 0, point: 0, seed: 5))
    #expect(plain.arms.map(\.text) == ["adam:lr=0.001"])
  }

  @Test func severalAxesAreCombined() throws {
    let plan = try StudyFixtures.plan(
      ["magma(adam)"], grids: ["lr=1e-3..1e-1:3", "mask=0.25..0.75:2"])
    let points = plan.points(ofArm: 0)
    #expect(points.count == 6)
    #expect(points[1].map(\.key) == ["lr", "mask"])
    #expect(points[1].map(\.value) == [1e-3, 0.75])
  }

  @Test(arguments: [
    (["mask=0.1..0.5:3"], "'adam' has no setting 'mask'"),
    (["lr=1e-3..1e-1:3", "lr=1e-3..1e-1:3"], "swept twice"),
    (["beta1=0.5..1.5:3"], "beta1=1.5 is not allowed"),
    ([], "nothing to sweep"),
  ])
  func refusesAGridThatDoesNotFitEveryArm(_ grids: [String], _ reason: String) {
    let error = #expect(throws: RunError.self) { try StudyFixtures.plan(grids: grids) }
    #expect(error?.category == .usage)
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: [(0, 8), (1001, 8), (3, -1), (3, 1001)])
  func refusesSeedCountsOutOfRange(_ tuning: Int, _ judging: Int) {
    #expect(throws: RunError.self) { try StudyFixtures.plan(tuning: tuning, judging: judging) }
  }
}
