import Foundation
import RunModel
import RunStore
import Testing

/// Runs that version 0.1.0 wrote; `make_fixtures.sh` beside them says how.
@Suite struct FirstFormatTests {
  static func arm(_ base: String, _ wrapper: String? = nil, text: String) -> ArmSpecification {
    ArmSpecification(
      text: text, base: base, wrapper: wrapper, isMatched: false,
      values: ["lr": .number(0.01), "tau": .number(2)], writtenKeys: [], momentum: nil)
  }

  static let adam = [
    arm("adam", text: "adam:lr=1e-2"), arm("adam", "magma", text: "magma(adam):lr=1e-2"),
  ]
  static let muon = [arm("muon", text: "muon"), arm("muon", "magma", text: "magma(muon)")]

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var configuration: RunConfiguration
    var letters: [String]
    var checkpoint: Int
    var evaluations: Int
    var stage: RunStage

    var testDescription: String { name }

    init(
      _ name: String, _ workload: String = "quadratic", steps: Int, seeds: Int = 1,
      _ arms: [ArmSpecification] = adam, letters: [String] = ["a", "m"], checkpoint: Int,
      evaluations: Int, _ stage: RunStage
    ) {
      self.name = name
      configuration = RunConfiguration(
        title: name, workload: workload, steps: steps, seed: 0, seeds: seeds, arms: arms)
      (self.letters, self.checkpoint) = (letters, checkpoint)
      (self.evaluations, self.stage) = (evaluations, stage)
    }
  }

  static let cases = [
    Case("quadratic", steps: 40, seeds: 2, checkpoint: 40, evaluations: 24, .finished),
    Case(
      "language", "language", steps: 20, muon, letters: ["m", "a"], checkpoint: 20,
      evaluations: 12, .finished),
    Case("interrupted", steps: 60_000, checkpoint: 7_284, evaluations: 6, .interrupted),
    Case("changed", steps: 400_000, checkpoint: 13_634, evaluations: 2, .interrupted),
  ]

  /// A copy that may be written.
  private func copy(_ name: String, _ scratch: Scratch) throws -> RunDirectory {
    let fixtures = try #require(
      Bundle.module.url(forResource: "Fixtures/first-format", withExtension: nil))
    let path = scratch.path + "/" + name
    try FileManager.default.copyItem(atPath: fixtures.path + "/" + name, toPath: path)
    return try RunDirectory.open(at: path)
  }

  @Test(arguments: cases) func aRunOfTheFirstFormatIsReadWhole(_ example: Case) throws {
    let scratch = try Scratch()
    let directory = try copy(example.name, scratch)
    let records = try directory.readMetrics()
    #expect(records.count == example.evaluations)
    var configuration = example.configuration
    configuration.letters = try #require(try directory.recordedLetters(of: configuration))
    #expect(configuration.letters == example.letters)
    let set = try #require(try directory.readCheckpoint(of: configuration))
    #expect(set.step == example.checkpoint)
    #expect(set.arms.count == 2 * configuration.seeds)
    #expect(set.arms.allSatisfy { $0.progress.effectiveRateSum == nil })
    #expect(
      try directory.readCheckpoint(atOrBefore: set.step, of: configuration) == set)
    #expect(try directory.readCheckpoint(atOrBefore: set.step - 1, of: configuration) == nil)
    #expect(directory.checkpointSteps.isEmpty && directory.owner == nil)
    let models = try #require(try directory.newestModels(of: configuration))
    #expect(models.step == set.step && models.models.map(\.arm) == configuration.roster)
    #expect(try RecordedRows(directory).newestStep == 0)
    #expect(try directory.readSummary() == nil && directory.readFork() == nil)
    let journal = try directory.readJournal()
    let stage = RunStage(
      RunCourse(configuration, journal: journal), records: records, journal: journal, isOwned: false
    )
    #expect(stage == example.stage)
    try RunRemoval.remove(directory.path) { _ in true }
  }

  @Test func oldLiveChangesAreChanges() throws {
    let scratch = try Scratch()
    let journal = try copy("changed", scratch).readJournal()
    #expect(journal.map(\.kind) == [.change, .change, .change])
    #expect(journal.map(\.change?.key) == ["lr", "lr", "tau"])
    #expect(journal.map(\.step) == [3_535, 3_535, 13_634])
    #expect(journal.last?.change?.newValue == .number(1))
  }

  /// Who goes on with an old run makes it one of today.
  @Test(arguments: cases) func aRunOfTheFirstFormatIsGoneOnWith(_ example: Case) throws {
    let scratch = try Scratch()
    let path = try copy(example.name, scratch).path
    var configuration = example.configuration
    configuration.letters = example.letters
    let run = try OwnedRun.take(path)
    let set = try #require(try run.directory.readCheckpoint(of: configuration))
    #expect(try run.goOn(from: set).isEmpty)
    #expect(try run.directory.readMetrics().allSatisfy { $0.final != true })
    #expect(
      try run.directory.readJournal().compactMap(\.change) == set.journal.compactMap(\.change))
    try run.write(set, of: configuration, stamp: Toy.stamp)
    #expect(run.directory.checkpointSteps == [set.step])
    #expect(try run.directory.readCheckpoint(of: configuration) == set)
    run.end()
  }

  @Test func lettersComeFromTheDirectoriesWhereNothingWasEvaluated() throws {
    let scratch = try Scratch()
    let directory = try copy("language", scratch)
    try Data().write(to: URL(fileURLWithPath: directory.metricsPath))
    let configuration = RunConfiguration(title: "", steps: 20, arms: Self.muon)
    #expect(try directory.recordedLetters(of: configuration) == ["m", "a"])
    try FileManager.default.removeItem(atPath: directory.armsPath)
    #expect(try directory.recordedLetters(of: configuration) == nil)
  }
}
