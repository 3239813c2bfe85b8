import EventStream
import Foundation
import RunModel
import RunStore
import Testing

@Suite struct CheckpointTests {
  @Test func aCheckpointComesBackToTheBit() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    for step in [2, 4] {
      try Toy.write(Toy.checkpoint(step), to: run)
      #expect(try run.directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(step))
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: run.directory.armsPath)
    #expect(files.contains("s-sgd/seed-3/model.safetensors"))
    #expect(files.contains("a-sgd/seed-4/state.json"))
    #expect(files.allSatisfy { !$0.hasSuffix(".next") && !$0.hasSuffix(".tmp") })
    #expect(!exists(run.directory.path + "/checkpoint.pending"))
  }

  @Test func olderCheckpointsAreFoundByStep() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    for step in [2, 5, 9] { try Toy.write(Toy.checkpoint(step), to: run) }
    #expect(run.directory.checkpointSteps == [2, 5, 9])
    for (wanted, found) in [(1, nil), (2, 2), (4, 2), (5, 5), (8, 5), (9, 9), (99, 9)] {
      let set = try run.directory.readCheckpoint(atOrBefore: wanted, of: Toy.configuration)
      #expect(set == found.map { Toy.checkpoint($0) })
    }
  }

  @Test func theNewestModelsAreAllOfOneStep() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    #expect(try run.directory.newestModels(of: Toy.configuration)?.step == nil)
    for step in [2, 5] { try Toy.write(Toy.checkpoint(step), to: run) }
    let newest = try #require(try run.directory.newestModels(of: Toy.configuration))
    #expect(newest.step == 5)
    #expect(newest.models.map(\.arm) == Toy.configuration.roster)
    for model in newest.models {
      let seed = Toy.configuration.seed
      let there = Toy.checkpoint(5).arms.first { $0.arm == model.arm.id && $0.seed == seed }
      let read = try RunDirectory.readTensors(model.path + "/model.safetensors")
      #expect(read == there?.parameters)
    }
  }

  @Test func aKillWhileACheckpointIsPutInPlaceIsMadeGood() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    for step in [2, 4] { try Toy.write(Toy.checkpoint(step), to: run) }
    run.end()
    // As after a kill: one arm is still the older one, a third set was being written.
    for file in ["model.safetensors", "state.json"] {
      let place = "s-sgd/seed-3/" + file
      try FileManager.default.removeItem(atPath: run.directory.armsPath + "/" + place)
      try FileManager.default.copyItem(
        atPath: run.directory.checkpointsPath + "/2/" + place,
        toPath: run.directory.armsPath + "/" + place)
    }
    try scratch.write("step 4\n", to: "run/checkpoint.pending")
    try scratch.write("half", to: "run/checkpoints/.new-6-abcd/s-sgd/seed-3/state.json")
    let again = try OwnedRun.take(run.directory.path)
    #expect(try again.directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(4))
    #expect(again.directory.checkpointSteps == [2, 4])
    #expect(!exists(run.directory.checkpointsPath + "/.new-6-abcd"))
  }

  @Test func aPendingListOfTheFirstFormatIsFinishedByWhoGoesOn() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(4), to: run)
    run.end()
    try FileManager.default.removeItem(atPath: run.directory.checkpointsPath)
    let files = try FileManager.default.subpathsOfDirectory(atPath: run.directory.armsPath)
      .filter { $0.contains(".") }.map { "arms/" + $0 }.sorted()
    for file in files.suffix(files.count / 2) {
      let path = run.directory.path + "/" + file
      try FileManager.default.moveItem(atPath: path, toPath: path + ".next")
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    }
    try scratch.write(files.joined(separator: "\n"), to: "run/checkpoint.pending")
    let again = try OwnedRun.take(run.directory.path)
    #expect(try again.directory.readCheckpoint(of: Toy.configuration) == Toy.checkpoint(4))
  }

  @Test(arguments: [
    "../other/state.json", "arms/../../other/state.json", "arms/s-sgd/seed-3/../../../x",
    "/etc/passwd", "arms/s-sgd/seed-3/run.yaml", "arms/s-sgd/seed-03/state.json", "run.yaml",
    "arms/s-sgd/link/state.json", "step -4", "step", "arms/s-link/seed-3/state.json",
  ])
  func aPendingListThatLeadsElsewhereIsRefused(_ line: String) throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(4), to: run)
    run.end()
    try scratch.write("precious", to: "other/seed-3/state.json")
    try scratch.write("thief", to: "other/seed-3/state.json.next")
    try FileManager.default.createSymbolicLink(
      atPath: run.directory.armsPath + "/s-link", withDestinationPath: scratch.path + "/other")
    try scratch.write(line + "\n", to: "run/checkpoint.pending")
    let error = #expect(throws: RunError.self) { try OwnedRun.take(run.directory.path) }
    #expect(error?.exitCode == 4)
    let kept = try String(
      contentsOfFile: scratch.path + "/other/seed-3/state.json", encoding: .utf8)
    #expect(kept == "precious")
  }

  @Test func aMissingOrDamagedFileIsNamed() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(4), to: run)
    for file in ["optimizer.safetensors", "model.safetensors", "state.json"] {
      let path = run.directory.checkpointPath(of: ArmID(1), seed: 4, Toy.configuration) + "/" + file
      try FileManager.default.removeItem(atPath: path)
      for damage in ["{", nil] {
        if let damage { try Data(damage.utf8).write(to: URL(fileURLWithPath: path)) }
        let error = #expect(throws: RunError.self) {
          try run.directory.readCheckpoint(of: Toy.configuration)
        }
        #expect(error?.place == path && error?.exitCode == 4)
      }
    }
  }

  static let nonsense: [(String, String)] = [
    (#""wallSeconds" : 0"#, #""wallSeconds" : 1e308"#),
    (#""wallSeconds" : 0"#, #""wallSeconds" : "nan""#),
    (#""wallSeconds" : 0"#, #""wallSeconds" : "inf""#),
    (#""wallSeconds" : 0"#, #""wallSeconds" : 4611686018427387904"#),
    (#""wallSeconds" : 0"#, #""wallSeconds" : -1"#),
    (#""cpuSeconds" : 0"#, #""cpuSeconds" : 1e300"#),
    (#""step" : 4"#, #""step" : -4"#), (#""step" : 4"#, #""step" : 4611686018427387904"#),
    (#""step" : 4"#, #""step" : 9223372036854775808"#), (#""step" : 4"#, #""step" : 4.5"#),
    (#""maskableCount" : 0"#, #""maskableCount" : -1"#),
    (#""maskableCount" : 0"#, #""maskableCount" : 9223372036854775807"#),
    (#""droppedSum" : 0"#, #""droppedSum" : "nan""#), (#""droppedSum" : 0"#, #""droppedSum" : 9"#),
    (#""lossCount" : 0"#, #""lossCount" : -9223372036854775808"#),
    (#""matchedFactor" : 1"#, #""matchedFactor" : "inf""#), (#""seed""#, #""sead""#),
  ]

  @Test(arguments: nonsense) func nonsenseInAStateIsRefused(_ from: String, _ to: String) throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    try Toy.write(Toy.checkpoint(4), to: run)
    let path =
      run.directory.checkpointPath(of: ArmID(0), seed: 3, Toy.configuration) + "/state.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains(from))
    try Data(text.replacing(from, with: to).utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunError.self) {
      try run.directory.readCheckpoint(of: Toy.configuration)
    }
    #expect(error?.place == path && error?.exitCode == 4)
  }

  @Test func thirtyArmsHaveADirectoryEach() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    var configuration = Toy.configuration
    configuration.seeds = 1
    configuration.arms = (0..<30).map { _ in
      var arm = Toy.arm("sgd")
      arm.base = String(repeating: "x", count: 300)
      return arm
    }
    #expect(Set(configuration.lanes.map(\.letter)).count == 30)
    let set = CheckpointSet(
      step: 1, journal: [],
      arms: configuration.roster.map { arm in
        ArmCheckpoint(
          arm: arm.id, seed: 3,
          parameters: [TensorSnapshot(name: "x", shape: [], values: [Float(arm.id.number)])],
          optimizer: OptimizerSnapshot(), progress: ArmProgress())
      }, records: Array(repeating: nil, count: 30))
    try run.write(set, of: configuration, stamp: Toy.stamp)
    #expect(try run.directory.readCheckpoint(of: configuration) == set)
    let names = try FileManager.default.contentsOfDirectory(atPath: run.directory.armsPath)
    #expect(names.count == 30 && names.allSatisfy { $0.utf8.count <= 100 })
  }
}

@Suite struct CheckpointRingTests {
  /// What stays of checkpoints every ten steps up to the hundredth.
  @Test(arguments: [5, 10, 20]) func theRingIsDenseNearTheEnd(_ sets: Int) {
    var kept: [Int] = []
    for step in stride(from: 10, through: 10_000, by: 10) {
      kept.append(step)
      let gone = CheckpointThinning.surplus(
        kept, sizes: kept.map { _ in 1 }, budget: .max, mostSets: sets)
      kept.removeAll { gone.contains($0) }
    }
    #expect(kept.count == sets && kept.last == 10_000)
    // Wherever one goes back to, the next checkpoint before lies within a share of the distance
    // from the end that sinks with the number of sets.
    let gaps = zip([0] + kept, kept).map { Double($1 - $0) / Double(10_010 - $1) }
    #expect(gaps.dropFirst().max() ?? 0 < (sets == 5 ? 9 : sets == 10 ? 2.5 : 1.2))
    #expect(kept[kept.count - 2] >= 9_900)
  }

  @Test func theBudgetHoldsAndTheNewestIsAlwaysKept() {
    #expect(
      CheckpointThinning.surplus([1, 2, 3], sizes: [9, 9, 9], budget: 1, mostSets: 9) == [1, 2])
    #expect(CheckpointThinning.surplus([1], sizes: [99], budget: 1, mostSets: 9) == [])
    #expect(CheckpointThinning.surplus([1, 2], sizes: [1, 99], budget: 1, mostSets: 9) == [])
  }
}
