import EventStream
import Foundation
import RunModel
import RunStore
import Testing

@Suite struct RunRemovalTests {
  private func finished(_ scratch: Scratch, _ name: String) throws -> RunDirectory {
    let run = try Toy.run(scratch, name)
    for step in [2, 4] { try Toy.write(Toy.checkpoint(step), to: run) }
    var rows = try RowWriter(run.directory)
    try rows.append(Toy.rows(1...4))
    _ = try run.rewind(
      to: Toy.checkpoint(2), of: Toy.configuration,
      stamp: Toy.stamp)
    run.end()
    return run.directory
  }

  @Test func aRunIsRemovedWhole() throws {
    let scratch = try Scratch()
    let run = try finished(scratch, "run")
    try run.keep(as: "mine")
    #expect(run.keptName == "mine")
    try RunRemoval.remove(run.path) { _ in true }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test(arguments: [
    "notes.txt", "arms/a-adam/seed-3/notes.txt", "sweep.yaml", "checkpoints/4/x", "owners/me",
    "branches/2-1/run.py", "arms/readme/x", "checkpoints/best/s-sgd/seed-3/state.json",
    "arms/s-sgd/seed-3/deep/state.json", "kept/x",
  ])
  func aForeignEntryKeepsTheWholeDirectory(_ entry: String) throws {
    let scratch = try Scratch()
    let run = try finished(scratch, "run")
    try scratch.write("precious", to: "run/" + entry)
    let before = try contents(run.path)
    let error = #expect(throws: RunError.self) { try RunRemoval.remove(run.path) { _ in true } }
    #expect(error?.exitCode == 2)
    let first = entry.split(separator: "/")[0]
    #expect(error?.message.contains(first) == true)
    #expect(try contents(run.path) == before)
  }

  @Test func linksAreForeign() throws {
    let scratch = try Scratch()
    let run = try finished(scratch, "run")
    try scratch.write("precious", to: "other/seed-3/state.json")
    for (link, target) in [
      ("run/arms/s-sgd", "other"), ("run/metrics.jsonl", "other/seed-3/state.json"),
      ("run/checkpoints", "other"),
    ] {
      let path = scratch.path + "/" + link
      try FileManager.default.moveItem(atPath: path, toPath: scratch.path + "/aside")
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: scratch.path + "/" + target)
      let error = #expect(throws: RunError.self) { try RunRemoval.remove(run.path) { _ in true } }
      #expect(error?.exitCode == 2)
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: scratch.path + "/aside", toPath: path)
    }
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link", withDestinationPath: run.path)
    #expect(throws: RunError.self) { try RunRemoval.remove(scratch.path + "/link") { _ in true } }
    #expect(exists(scratch.path + "/other/seed-3/state.json") && exists(run.configurationPath))
  }

  @Test func aRunOfALaterProgramStaysAndSaysSo() throws {
    let scratch = try Scratch()
    let run = try finished(scratch, "run")
    let error = #expect(throws: RunError.self) {
      try RunRemoval.remove(run.path) { (directory) throws(RunError) in
        throw .newerFormat(99, known: 2, place: directory.configurationPath)
      }
    }
    #expect(error?.exitCode == 4 && error?.message.contains("99") == true)
    #expect(exists(run.configurationPath))
  }

  @Test func whatIsNoRunStays() throws {
    let scratch = try Scratch()
    try scratch.write("program: train.py\n", to: "sweeps/sweep.yaml")
    try scratch.write("x: 1\n", to: "tool/run.yaml")
    for name in ["sweeps", "tool", "tool/run.yaml", "nowhere", "", ".", "tool/../.."] {
      let error = #expect(throws: RunError.self) {
        try RunRemoval.remove(scratch.path + "/" + name) { _ in false }
      }
      #expect(error?.exitCode == 2)
    }
    #expect(exists(scratch.path + "/tool/run.yaml") && exists(scratch.path + "/sweeps/sweep.yaml"))
  }

  @Test func aRunThatIsWrittenStays() throws {
    let scratch = try Scratch()
    let run = try Toy.run(scratch)
    let error = #expect(throws: RunError.self) {
      try RunRemoval.remove(run.directory.path) { _ in true }
    }
    #expect(error?.exitCode == 1 && error?.message.contains("pid") == true)
    run.end()
  }

  @Test func pruningTakesTheOldestUnnamedOnly() throws {
    let scratch = try Scratch()
    for index in 0..<8 { _ = try finished(scratch, "2026010\(index)-a-run-abcd") }
    try RunDirectory(path: scratch.path + "/20260100-a-run-abcd").keep(as: "mine")
    try scratch.write("precious", to: "20260101-a-run-abcd/notes.txt")
    let living = try OwnedRun.take(scratch.path + "/20260102-a-run-abcd")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/20260000-link",
      withDestinationPath: scratch.path + "/20260107-a-run-abcd")
    let removed = RunShelf(path: scratch.path).prune(keeping: 3) { _ in true }
    #expect(removed.map(\.name) == ["20260104-a-run-abcd", "20260103-a-run-abcd"])
    #expect(removed.allSatisfy { $0.bytes > 0 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 7)
    let none = RunShelf(path: scratch.path).prune(keeping: 9, bytes: 0) { _ in false }
    #expect(none.isEmpty)
    let rest = RunShelf(path: scratch.path).prune(keeping: 9, bytes: 0) { _ in true }
    #expect(rest.count == 3)
    living.end()
  }

  @Test(arguments: [
    ("Adam against Magma, first look", "adam-against-magma-first-look"), ("../../etc", "etc"),
    ("", "run"), ("\u{1b}[31m", "31m"),
    (String(repeating: "long ", count: 99), "long-long-long-long-long-long-long-long"),
  ])
  func namesAreShortAndHarmless(_ title: String, _ name: String) {
    let path = RunShelf(path: "/runs").newPath(time: "20260102-030405", title: title)
    #expect(path.hasPrefix("/runs/20260102-030405-\(name)-"))
    #expect(path.utf8.count - 6 <= 100)
  }
}
