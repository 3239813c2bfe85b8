import Foundation
import RunModel
import Statistics
import Studies
import Testing

struct RunComparisonTests {
  static func run(
    _ arms: [String] = ["adam:lr=0.01", "magma(adam):lr=0.01"], seed: UInt64 = 5, seeds: Int = 8,
    title: String = "Test", change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> FinishedRun {
    var configuration = try StudyFixtures.configuration(
      arms, seed: seed, seeds: seeds, title: title)
    change(&configuration)
    return FinishedRun(
      directory: URL(fileURLWithPath: "/runs/x"), configuration: configuration,
      configurationText: "title: \(title)\n", records: StudyFixtures.records(of: configuration))
  }

  private func verdict(_ runs: [FinishedRun]) throws -> Verdict {
    try #require(RunComparison(runs).experiment(margin: .absolute(0.01))?.verdicts.first)
  }

  @Test func anUnsweptRunIsExploratory() throws {
    let verdict = try verdict([try Self.run()])
    #expect(verdict.grade == .c)
    #expect(verdict.claim == .looksLower)
    #expect(verdict.comparison?.count == 8)
  }

  @Test func armsOfTwoRunsWithTheSameSeedsArePaired() throws {
    let verdict = try verdict([
      try Self.run(["adam:lr=0.01"]), try Self.run(["magma(adam):lr=0.01"]),
    ])
    #expect(verdict.comparison?.count == 8 && verdict.voidReasons.isEmpty)
  }

  @Test func furtherSeedsOfTheSameArmsAreJoined() throws {
    let verdict = try verdict([
      try Self.run(seed: 0, seeds: 4), try Self.run(seed: 4, seeds: 4),
    ])
    #expect(verdict.comparison?.differences.map(\.seed) == Array(0..<8))
  }

  @Test func differentSeedsAreRefused() throws {
    let runs = [
      try Self.run(["adam:lr=0.01"], seed: 0), try Self.run(["magma(adam):lr=0.01"], seed: 8),
    ]
    let error = #expect(throws: RunError.self) { try RunComparison(runs) }
    #expect(error?.message.contains("0..7") == true && error?.message.contains("8..15") == true)
  }

  /// Otherwise the same arm on the same seed would pass for a repeat that failed.
  @Test func runsOfDifferentPrecisionAreRefused() throws {
    for arms in [["adam:lr=0.01"], ["magma(adam):lr=0.01"]] {
      let runs = [
        try Self.run(["adam:lr=0.01"]), try Self.run(arms) { $0.model.precision = .bf16 },
      ]
      let error = #expect(throws: RunError.self) { try RunComparison(runs) }
      #expect(error?.category == .usage)
      #expect(error?.message.contains("precision: fp32 in x, bf16 in x") == true)
    }
  }

  @Test func verdictsSayOnceThatProductsWereBF16() throws {
    for (precision, count) in [(ModelConfiguration.Precision.fp32, 0), (.bf16, 1)] {
      let run = try Self.run { $0.model.precision = precision }
      let sentence = try verdict([run]).sentence
      #expect(sentence.split(separator: "(in bf16 products)").count == count + 1, "\(sentence)")
    }
  }

  @Test func differencesOfSetUpAreVoid() throws {
    let changes: [(VoidReason, (inout RunConfiguration) -> Void)] = [
      (.data, { $0.data = .file("other.txt") }), (.model, { $0.model.width += 2 }),
      (.budget, { $0.clip = 1 }), (.evaluation, { $0.evaluateEvery = 25 }),
    ]
    for (reason, change) in changes {
      let verdict = try verdict([
        try Self.run(["adam:lr=0.01"]), try Self.run(["magma(adam):lr=0.01"], change: change),
      ])
      #expect(verdict.grade == .void)
      #expect(verdict.voidReasons.contains(reason))
    }
  }

  @Test func otherInitialWeightsAreVoid() throws {
    var run = try Self.run()
    for index in run.records.indices where run.records[index].lane == "m" {
      if run.records[index].step == 0 { run.records[index].validationLoss = 1 }
    }
    #expect(try verdict([run]).voidReasons == [.initialization])
  }

  @Test func aLiveChangeIsToldAndCostsTheGrade() throws {
    var run = try Self.run()
    run.liveChanges = 2
    let verdict = try verdict([run])
    #expect(verdict.checklist.status(.noLiveChange) == .failed)
  }

  @Test func anUnfinishedRunIsPending() throws {
    var run = try Self.run()
    run.records.removeAll { $0.seed == 12 && $0.step == 100 }
    #expect(try verdict([run]).claim == .pending)
  }

  @Test func twoIdenticalArmsAreAnExperimentOfTheirOwn() throws {
    let comparison = try RunComparison([
      try Self.run(["adam:lr=0.01", "adam:lr=0.01", "magma(adam):lr=0.01"])
    ])
    let inputs = try #require(comparison.experiment(margin: .usual)).comparisons
    #expect(inputs.map(\.subject.name) == ["magma(adam):lr=0.01"])
    #expect(inputs.first?.conduct.isRepeatIdentical == true)
    var run = try Self.run(["adam:lr=0.01", "adam:lr=0.01"])
    let last = run.records.indices.last ?? 0
    run.records[last].validationLoss = run.records[last].validationLoss?.nextUp
    let repeated = try RunComparison([run]).experiment(margin: .usual)?.comparisons.first
    #expect(repeated?.conduct.isRepeatIdentical == false)
  }

  @Test func theJSONHasTheRecordedMembers() throws {
    let arms = ["adam:lr=0.01", "magma(adam):lr=0.01", "matched(magma(adam)):lr=0.01"]
    let comparison = try RunComparison([try Self.run(arms, seeds: 8)])
    let document = ComparisonDocument(
      directories: ["x"], try #require(comparison.experiment(margin: .usual)),
      stateBytes: { _ in 1024 })
    let text = try document.text(.json)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let members = Set(Self.members(of: object, at: "")).sorted().joined(separator: "\n") + "\n"
    if let directory = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] {
      try members.write(
        toFile: directory + "/compare-json.txt", atomically: true, encoding: .utf8)
      Issue.record("recorded; run again without RECORD_GOLDENS")
      return
    }
    let golden = Bundle.module.bundleURL.appending(path: "Fixtures/compare-json.txt")
    #expect(
      try members == String(contentsOf: golden, encoding: .utf8),
      "raise the version when a member changes its meaning or goes away")
  }

  /// `arms[].cost.target number`, one line for every place a value stands at.
  private static func members(of value: Any, at path: String) -> [String] {
    switch value {
    case let object as [String: Any]:
      object.flatMap { members(of: $1, at: path.isEmpty ? $0 : path + "." + $0) }
    case let list as [Any]: list.flatMap { members(of: $0, at: path + "[]") }
    case is String: [path + " text"]
    case is NSNumber: [path + " number or flag"]
    default: [path + " null"]
    }
  }

  @Test func theJSONIsStable() throws {
    let comparison = try RunComparison([try Self.run(seeds: 6)])
    let document = ComparisonDocument(
      directories: ["x"], try #require(comparison.experiment(margin: .usual)))
    let text = try document.text(.json)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(
      object?.keys.sorted() == ["arms", "cost", "directories", "setting", "verdicts", "version"])
    #expect(object?["version"] as? Int == 1)
    let again = try document.text(.json)
    #expect(again == text)
    let decoded = try JSONDecoder().decode(ComparisonDocument.self, from: Data(text.utf8))
    #expect(decoded == document)
  }
}
