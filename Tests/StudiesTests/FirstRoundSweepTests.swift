import Foundation
import RunModel
import Statistics
import Studies
import Testing

/// A sweep directory of the first round: cells in one file, a plan without a format number.
struct FirstRoundSweepTests {
  /// A copy of the committed directory with its first `lines` cells, for `body` to change.
  private func inCopy(cells lines: Int? = nil, tearing: Int = 0, _ body: (URL) throws -> Void)
    throws
  {
    let fixture = Bundle.module.bundleURL.appending(path: "Fixtures/first-round-sweep")
    try StudyFixtures.inDirectory { place in
      try FileManager.default.copyItem(at: fixture, to: place)
      for name in [BoardFolder.cellsName, BoardFolder.timesName] {
        guard let lines else { continue }
        let file = place.appendingPathComponent(name)
        let all = try Data(contentsOf: file).split(separator: 0x0A)
        let kept = Data(all.prefix(lines).map { $0 + [0x0A] }.joined())
        try kept.dropLast(tearing).write(to: file)
      }
      try body(place)
    }
  }

  @Test func isReadAndJudged() throws {
    try inCopy { place in
      let stored = try StoredSweep(reading: place)
      #expect(stored.plan.format == nil && stored.plan.configuration.letters.isEmpty)
      #expect(stored.cells.count == 12 && stored.times.count == 12)
      let findings = SweepFindings(stored)
      #expect(findings.bestPoints == [1, 2])
      let verdict = try #require(findings.experiment(margin: .usual).verdicts.first)
      #expect(verdict.comparison?.count == 2 && verdict.untuned == ["magma(adam):lr=1"])
      #expect(findings.isRepeatIdentical == true)
    }
  }

  @Test(arguments: [(0, 0), (5, 0), (5, 40), (7, 0), (11, 0)])
  func whatIsMissingIsComputedBesideIt(_ kept: Int, _ tearing: Int) throws {
    try inCopy(cells: kept, tearing: tearing) { place in
      let plan = try #require(try BoardFolder(place).readPlan())
      let whole = kept - (tearing > 0 ? 1 : 0)
      #expect(SweepWatch.look(at: place, plan).cells.done == whole)
      let outcome = try SweepWorker(BoardFolder(place), plan: plan) { work in
        StudyFixtures.records(of: work.configuration)
      }.run()
      #expect(outcome == .complete)
      #expect(try StoredSweep(reading: place).cells.count == 12)
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path + "/cells")
      #expect(names.count == 12 - whole, "what was there is not computed again")
    }
  }
}

extension SweepWatch {
  fileprivate static func look(at place: URL, _ plan: SweepPlan) -> SweepStatus {
    var watch = SweepWatch(BoardFolder(place), plan: plan)
    return watch.look()
  }
}
