import Checkpoints
import Foundation
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The names that this program gives to the entries of a run directory; whatever else lies in one is
/// somebody else's, and makes that the directory is left alone.
enum KnownTree {
  /// An entry that was found, relative to the run, deepest first; `isDirectory` is never a link.
  struct Entry: Sendable, Hashable {
    var path: String
    var isDirectory: Bool
    /// A file of several names counts in parts.
    var bytes: Int
  }

  /// All entries of the run at `path`, children before their directories.
  ///
  /// - Throws: `RunError` (.usage) naming the first entry that this program did not write.
  static func entries(of path: String) throws(RunError) -> [Entry] {
    var found: [Entry] = []
    try collect(path, below: [], into: &found) { isKnown($0, isDirectory: $1) }
    return found
  }

  private static func collect(
    _ root: String, below parts: [String], into found: inout [Entry],
    _ isKnown: ([String], Bool) -> Bool
  ) throws(RunError) {
    let here = ([root] + parts).joined(separator: "/")
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: here).sorted()
    } catch {
      throw RunError(
        .failure, "cannot be listed (\(error.localizedDescription))", place: here,
        remedy: "check the permissions")
    }
    for name in names {
      let own = parts + [name]
      let path = own.joined(separator: "/")
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else { continue }
      let kind = status.st_mode & S_IFMT
      guard kind == S_IFREG || kind == S_IFDIR, isKnown(own, kind == S_IFDIR) else {
        throw foreign(path, in: root)
      }
      if kind == S_IFDIR { try collect(root, below: own, into: &found, isKnown) }
      found.append(
        Entry(
          path: path, isDirectory: kind == S_IFDIR,
          bytes: Int(status.st_size) / max(1, Int(status.st_nlink))))
    }
  }

  private static func foreign(_ entry: String, in root: String) -> RunError {
    RunError(
      .usage, "holds '\(entry)', which magmascope did not write, so nothing was removed",
      place: root, remedy: "move it elsewhere first, or remove the directory by hand")
  }

  /// Whether this program makes an entry of this name at this place in a run directory.
  static func isKnown(_ parts: [String], isDirectory: Bool) -> Bool {
    guard let first = parts.first else { return false }
    if parts.count == 1 { return isDirectory ? directories.contains(first) : isFile(first) }
    let rest = Array(parts.dropFirst())
    switch first {
    case "owners": return rest.count == 1 && !isDirectory && Int(rest[0]).map { $0 > 0 } == true
    case "arms": return isSet(rest, isDirectory)
    case "checkpoints": return isRing(rest, isDirectory)
    case "branches":
      guard isBranch(rest[0]) else { return false }
      if rest.count == 1 { return isDirectory }
      if rest[1] == "checkpoints" {
        return rest.count == 2 ? isDirectory : isRing(Array(rest.dropFirst(2)), isDirectory)
      }
      return rest.count == 2 && !isDirectory && isFile(rest[1])
    case _: return false
    }
  }

  private static let directories: Set = ["owners", "arms", "checkpoints", "branches"]
  private static let files: Set = [
    "run.yaml", "metrics.jsonl", "journal.jsonl", "probes.jsonl", "steps.bin", "blocks.bin",
    "summary.json", "fork.json", "kept", "checkpoint.pending",
  ]

  private static func isFile(_ name: String) -> Bool {
    files.contains(name) || name.hasPrefix(temporaryConfiguration)
      || (name.hasSuffix(".tmp") && files.contains(String(name.dropLast(4))))
  }

  /// What `run.yaml` is called before it has its name.
  static let temporaryConfiguration = "run.yaml.tmp-"

  /// `<step>-<n>`, also under the name it has while it is being made.
  private static func isBranch(_ name: String) -> Bool {
    let parts = name.trimmingPrefix(".new-").split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { Int($0) != nil }
  }

  private static func isRing(_ parts: [String], _ isDirectory: Bool) -> Bool {
    let isSetName =
      Int(parts[0]) != nil || parts[0].hasPrefix(".new-") || parts[0].hasPrefix(".old-")
    return isSetName
      && (parts.count == 1 ? isDirectory : isSet(Array(parts.dropFirst()), isDirectory))
  }

  private static func isSet(_ parts: [String], _ isDirectory: Bool) -> Bool {
    guard CheckpointFiles.isArmDirectory(parts[0]) else { return false }
    if parts.count == 1 { return isDirectory }
    guard CheckpointFiles.isSeedDirectory(parts[1]) else { return false }
    if parts.count == 2 { return isDirectory }
    let name = parts[2].hasSuffix(".next") ? String(parts[2].dropLast(5)) : parts[2]
    let names = CheckpointFiles.names + ModelFolder.tokenizerFiles
    return parts.count == 3 && !isDirectory && names.contains(name)
  }

  /// Gives the files of a checkpoint set a second place; nobody writes into them again.
  static func link(_ set: String, to target: String) throws(RunError) {
    var found: [Entry] = []
    try collect(set, below: [], into: &found) { isSet($0, $1) }
    for entry in found where !entry.isDirectory {
      let place = target + "/" + entry.path
      try RunDirectory.makeDirectory(
        place.split(separator: "/", omittingEmptySubsequences: false).dropLast()
          .joined(separator: "/"))
      try DurableFile.link(set + "/" + entry.path, to: place)
    }
  }

  // MARK: Removing

  /// Removes a checkpoint set of this run: its known files and then the empty directories.
  static func remove(_ set: String) {
    var found: [Entry] = []
    try? collect(set, below: [], into: &found) { isSet($0, $1) }
    remove(found, in: set)
    rmdir(set)
  }

  /// Bytes of a checkpoint set.
  static func size(of set: String) -> Int {
    var found: [Entry] = []
    try? collect(set, below: [], into: &found) { isSet($0, $1) }
    return found.reduce(0) { $0 + $1.bytes }
  }

  /// Removes the listed entries one by one; a directory that is not empty stays.
  static func remove(_ entries: [Entry], in root: String) {
    for entry in entries {
      let path = root + "/" + entry.path
      if entry.isDirectory { rmdir(path) } else { unlink(path) }
    }
  }
}
