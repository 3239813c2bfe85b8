import Checkpoints
import Foundation
import HostSystem
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The checkpoints that a run keeps: whole sets, dense near the end and sparse before.
///
/// A set is written aside, synced, and renamed to `checkpoints/<step>` at once. Then its files are
/// linked into `arms` under their names; `checkpoint.pending` says that this has begun, so that it
/// can be done again after a kill.
struct CheckpointRing: Sendable {
  /// Bytes that sets may take together, the newest apart.
  static let budget = 256 << 20
  /// Sets that are kept at most: small models would have thousands.
  static let mostSets = 64

  let directory: RunDirectory

  private var root: String { directory.checkpointsPath }

  /// Writes a set and makes it the newest; on an error the previous one stands.
  func write(
    _ set: CheckpointSet, _ configuration: RunConfiguration, _ stamp: RunStamp,
    thins: Bool = true
  ) throws(RunError) {
    let roster = RunCourse(configuration, journal: set.journal).roster
    let draft = "\(root)/.new-\(set.step)-\(randomLetters(4))"
    do throws(RunError) {
      for (index, checkpoint) in set.arms.enumerated() {
        guard let arm = roster[id: checkpoint.arm] else {
          throw .unexpected("\(checkpoint.arm) is not in the run")
        }
        let place = draft + "/" + CheckpointFiles.place(of: arm, seed: checkpoint.seed)
        try RunDirectory.makeDirectory(place)
        let contents = try CheckpointFiles.contents(
          of: checkpoint, arm, record: set.records[index], in: set, configuration, stamp)
        for (name, bytes) in zip(CheckpointFiles.names, contents) {
          try DurableFile.write(bytes, to: place + "/" + name)
        }
      }
      try put(draft, at: set.step)
    } catch {
      KnownTree.remove(draft)
      throw error
    }
    try install(set.step)
    if thins { try thin() }
  }

  /// Gives a draft its name; an earlier set of the same step makes way.
  private func put(_ draft: String, at step: Int) throws(RunError) {
    let target = "\(root)/\(step)"
    let old = "\(root)/.old-\(step)-\(randomLetters(4))"
    let isThere = OwnerFile.exists(target)
    if isThere { try DurableFile.rename(target, to: old) }
    try DurableFile.rename(draft, to: target)
    if isThere { KnownTree.remove(old) }
  }

  /// Makes the set of `step` the one in `arms`.
  private func install(_ step: Int) throws(RunError) {
    try DurableFile.replace(directory.pendingPath, with: Array("step \(step)\n".utf8))
    try link(step)
    guard unlink(directory.pendingPath) == 0 else {
      throw FileError.last("remove", directory.pendingPath)
    }
  }

  private func link(_ step: Int) throws(RunError) {
    for place in try places(of: step) {
      let (source, target) = ("\(root)/\(step)/\(place)", "\(directory.armsPath)/\(place)")
      try RunDirectory.makeDirectory(target)
      for name in CheckpointFiles.names {
        let next = "\(target)/\(name).next"
        try DurableFile.link("\(source)/\(name)", to: next)
        try DurableFile.rename(next, to: "\(target)/\(name)")
      }
    }
  }

  /// Puts the tokenizer of the checkpoint that the run started from beside the run's own.
  func carryTokenizer(of origin: String, besides step: Int) throws(RunError) {
    for place in try places(of: step) {
      for file in ModelFolder.tokenizerFiles {
        let (source, target) = ("\(origin)/\(file)", "\(directory.armsPath)/\(place)/\(file)")
        guard ForeignFile.exists(source), !ForeignFile.exists(target) else { continue }
        try DurableFile.replace(target, with: try ForeignFile.read(source, as: .description))
      }
    }
  }

  /// The directories `<lane>-<name>/seed-<n>` of a set.
  private func places(of step: Int) throws(RunError) -> [String] {
    let set = "\(root)/\(step)"
    var places: [String] = []
    for arm in names(in: set) where CheckpointFiles.isArmDirectory(arm) {
      for seed in names(in: "\(set)/\(arm)") where CheckpointFiles.isSeedDirectory(seed) {
        places.append("\(arm)/\(seed)")
      }
    }
    guard !places.isEmpty else {
      throw FileError.bad(
        directory.pendingPath, "names the checkpoint of step \(step), which is not there",
        "remove the file to go on from the checkpoint before")
    }
    return places
  }

  private func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  // MARK: After a kill

  /// Puts a checkpoint in place that was being put in place, and removes what was being written.
  ///
  /// - Throws: `RunError` (.input) when `checkpoint.pending` names anything but files of this run.
  func recover() throws(RunError) {
    for name in names(in: root) where name.hasPrefix(".new-") || name.hasPrefix(".old-") {
      KnownTree.remove("\(root)/\(name)")
    }
    guard OwnerFile.exists(directory.pendingPath) else { return }
    let text = String(
      decoding: try DurableFile.read(directory.pendingPath), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    if lines.count == 1, lines[0].hasPrefix("step "), let step = Int(lines[0].dropFirst(5)) {
      try link(step)
    } else {
      try renameListed(lines)
    }
    guard unlink(directory.pendingPath) == 0 else {
      throw FileError.last("remove", directory.pendingPath)
    }
  }

  /// The first format listed the files that wait under `.next` for their names.
  private func renameListed(_ lines: [String]) throws(RunError) {
    for line in lines {
      let parts = line.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0] == "arms", CheckpointFiles.isArmDirectory(parts[1]),
        CheckpointFiles.isSeedDirectory(parts[2]), CheckpointFiles.names.contains(String(parts[3])),
        (1...3).allSatisfy({ isOwnDirectory(parts[..<$0].joined(separator: "/")) })
      else {
        throw FileError.bad(
          directory.pendingPath, "lists '\(line)', which is no checkpoint of this run",
          "remove the file if another program wrote it")
      }
    }
    for line in lines {
      let file = directory.path + "/" + line
      guard OwnerFile.exists(file + ".next") else { continue }
      try DurableFile.rename(file + ".next", to: file)
    }
  }

  /// Whether a part of the run is a directory itself, and no link to one.
  private func isOwnDirectory(_ part: String) -> Bool {
    var status = stat()
    return lstat(directory.path + "/" + part, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  // MARK: Thinning out

  /// Takes sets away until the rest are within the budget.
  private func thin() throws(RunError) {
    let steps = directory.checkpointSteps
    let sizes = steps.map { KnownTree.size(of: "\(root)/\($0)") }
    for step in CheckpointThinning.surplus(
      steps, sizes: sizes, budget: Self.budget, mostSets: Self.mostSets)
    { try remove(step) }
  }

  private func remove(_ step: Int) throws(RunError) {
    let old = "\(root)/.old-\(step)-\(randomLetters(4))"
    try DurableFile.rename("\(root)/\(step)", to: old)
    KnownTree.remove(old)
  }

  /// Takes away the sets after `step`; what the run goes on from is not among them.
  func removeSets(after step: Int) throws(RunError) {
    for later in directory.checkpointSteps where later > step { try remove(later) }
  }
}

/// Which checkpoints go when there are too many; a pure rule.
package enum CheckpointThinning {
  /// Which of `steps` (ascending) to take away: again and again the one whose neighbours lie closest
  /// together for their distance from the end, never the newest.
  package static func surplus(
    _ steps: [Int], sizes: [Int], budget: Int, mostSets: Int
  ) -> [Int] {
    var kept = Array(zip(steps, sizes))
    var removed: [Int] = []
    while let newest = kept.last, kept.count > 1 {
      let others = kept.dropLast().reduce(0) { $0 + $1.1 }
      guard others > budget || kept.count > mostSets else { break }
      let densest = (0..<(kept.count - 1)).min {
        density($0, kept, newest.0) < density($1, kept, newest.0)
      }
      removed.append(kept.remove(at: densest ?? 0).0)
    }
    return removed
  }

  /// The gap that taking a set away would leave, in proportion to its age.
  private static func density(_ index: Int, _ kept: [(Int, Int)], _ newest: Int) -> Double {
    let before = index == 0 ? -1 : kept[index - 1].0
    return Double(kept[index + 1].0 - before) / Double(max(1, newest - kept[index].0))
  }
}
