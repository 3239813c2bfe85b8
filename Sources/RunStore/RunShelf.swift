import Foundation
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether the `run.yaml` of a directory describes a run; throws (.newer) where a later program's does.
package typealias RunTest = (RunDirectory) throws(RunError) -> Bool

/// Removing runs: only directories that this program wrote and whose every entry it knows, never
/// through a link, never one that somebody writes.
package enum RunRemoval {
  /// Removes a run for good.
  ///
  /// - Parameter isRun: whether `run.yaml` describes a run.
  /// - Throws: `RunError`: .usage naming a foreign entry, .failure for a run with a living owner,
  ///   .newer for one of a later program.
  package static func remove(
    _ path: String, isRun: RunTest
  ) throws(RunError) {
    let entries = try check(path, isRun: isRun)
    KnownTree.remove(entries, in: path)
    guard rmdir(path) == 0 else { throw FileError.last("remove", path) }
  }

  /// Bytes that removing the run would free; throws as `remove`.
  package static func size(of path: String, isRun: RunTest) throws(RunError) -> Int {
    try check(path, isRun: isRun).reduce(0) { $0 + $1.bytes }
  }

  /// The entries of a run that may be removed.
  static func check(
    _ path: String, isRun: RunTest
  ) throws(RunError) -> [KnownTree.Entry] {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw RunError(
        .usage, "there is no such directory", place: path, remedy: "runs list names the kept runs")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw RunError(
        .usage, "is no directory, or a link to one, so nothing was removed", place: path,
        remedy: "name the run's own directory")
    }
    let entries = try KnownTree.entries(of: path)
    let directory = RunDirectory(path: path)
    guard entries.contains(where: { $0.path == "run.yaml" }), try isRun(directory) else {
      throw RunError(
        .usage, "holds no run of magmascope, so nothing was removed", place: path,
        remedy: "name a directory that train --out or the explorer made")
    }
    if let owner = directory.owner, owner.isPresent { throw .owned(path, by: owner.record) }
    return entries
  }
}

/// The directory in which the explorer keeps its runs, the newest of which stay.
package struct RunShelf: Sendable {
  package static let mostRuns = 50
  package static let mostBytes = 2 << 30

  package let path: String

  package init(path: String) { self.path = path }

  /// A path for a new run: `<time>-<short name>-<4 letters>`, never longer than 100 bytes.
  ///
  /// - Parameter time: sortable, such as `20260102-030405`.
  package func newPath(time: String, title: String) -> String {
    "\(path)/\(time)-\(Self.shortName(title))-\(randomLetters(4))"
  }

  /// Letters and digits of a title, words joined by hyphens: at most 40.
  static func shortName(_ title: String) -> String {
    let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    var name = ""
    for word in words where name.utf8.count + word.utf8.count < 40 {
      name += (name.isEmpty ? "" : "-") + word
    }
    return name.isEmpty ? "run" : name
  }

  /// The names of the runs here, by time, the newest first.
  package var names: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { name in
      FileManager.default.fileExists(atPath: "\(path)/\(name)/run.yaml")
    }.sorted(by: >)
  }

  /// What pruning took away.
  package struct Removed: Sendable, Hashable {
    package var name: String
    package var bytes: Int
  }

  /// Removes the oldest unnamed runs beyond the newest 50 and beyond 2 GB.
  ///
  /// A run that a person named, that somebody writes, or that holds anything foreign is not counted
  /// and not touched.
  package func prune(
    keeping runs: Int = mostRuns, bytes: Int = mostBytes, isRun: RunTest
  ) -> [Removed] {
    var (count, total) = (0, 0)
    var removed: [Removed] = []
    for name in names {
      let directory = RunDirectory(path: "\(path)/\(name)")
      guard !OwnerFile.exists(directory.keptPath),
        let entries = try? RunRemoval.check(directory.path, isRun: isRun)
      else { continue }
      let size = entries.reduce(0) { $0 + $1.bytes }
      (count, total) = (count + 1, total + size)
      guard count > runs || total > bytes else { continue }
      do {
        try RunRemoval.remove(directory.path, isRun: isRun)
        removed.append(Removed(name: name, bytes: size))
        total -= size
      } catch {
        continue
      }
    }
    return removed
  }
}
