import Explorer
import Foundation
import History
import RunModel
import Statistics
import Studies
import Testing

/// One run is judged alike by the explorer, `compare` and the report.
struct OneJudgeTests {
  private static let arms = [
    "adam:lr=0.01", "magma(adam):lr=0.01", "matched(magma(adam)):lr=0.01",
  ]

  /// The verdicts of the run as the explorer lived through it.
  private func explored(_ run: FinishedRun) -> [Verdict] {
    let history = RunHistory(run.configuration)
    history.append(
      run.records.map { entry -> RunEvent in
        let arm = ArmID(run.configuration.lanes.firstIndex { $0.name == entry.arm } ?? 0)
        return entry.final == true
          ? .armFinished(arm: arm, entry) : .evaluated(arm: arm, entry)
      } + [.finished(.completed)])
    return Judging.verdicts(of: history.moment())
  }

  @Test(arguments: [6, 8]) func everyDoorSaysTheSame(_ seeds: Int) throws {
    let run = try RunComparisonTests.run(Self.arms, seed: 0, seeds: seeds)
    let comparison = try RunComparison([run])
    let document = ComparisonDocument(
      directories: [], try #require(comparison.experiment(margin: .usual)))
    let onScreen = explored(run)
    #expect(onScreen == document.verdicts)
    #expect(onScreen.map(\.subject) == ["magma(adam):lr=0.01"], "a control is no subject")
    #expect(onScreen.first?.control?.name == Self.arms[2])
    // Without the control in the family the least p of 6 seeds is 2/2^6, not twice that.
    #expect(onScreen.first?.adjustedP == (seeds == 6 ? 0.03125 : 0.0078125))
    let text = try #require(onScreen.first.map(VerdictText.init))
    #expect(try document.text(.plain).hasPrefix(text.plain))
    let page = ReportPage(ReportContent(comparison, margin: .usual, madeBy: "test")).html
    for line in text.lines {
      guard case .sentence(let sentence) = line else { continue }
      #expect(page.contains(sentence.replacing("'", with: "&#39;")) || page.contains(sentence))
    }
  }

  @Test func nothingOutsideCostDependsOnTime() throws {
    var slow = try RunComparisonTests.run(Self.arms, seeds: 6)
    let fast = slow
    for index in slow.records.indices { slow.records[index].cpuSeconds = 0 }
    func members(_ run: FinishedRun) throws -> String {
      let document = ComparisonDocument(
        directories: [], try #require(try RunComparison([run]).experiment(margin: .usual)))
      let object = try JSONSerialization.jsonObject(with: Data(document.text(.json).utf8))
      return String(
        decoding: try JSONSerialization.data(
          withJSONObject: Self.withoutCost(object), options: [.sortedKeys, .prettyPrinted]),
        as: UTF8.self)
    }
    #expect(try members(slow) == members(fast))
  }

  private static func withoutCost(_ value: Any) -> Any {
    switch value {
    case let object as [String: Any]:
      object.filter { $0.key != "cost" }.mapValues(withoutCost) as NSDictionary
    case let list as [Any]: list.map(withoutCost)
    default: value
    }
  }
}
