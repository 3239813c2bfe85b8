import Foundation
import HostSystem
import RunModel

/// The directory of a sweep, which is its whole state: any number of processes may work on it at any
/// time, on any number of hosts, and nobody needs to be told.
///
/// - `sweep.yaml`: the plan (JSON, which YAML's flow style includes), written once;
/// - `run.yaml`: the configuration all cells share, a preset;
/// - `cells/<id>.json`: a finished cell, results only. That it is there means that it is done;
/// - `times/<id>.json`: what it cost, and where;
/// - `claims/<id>.<G>`: generation G of the right to compute the cell, with its owner's name inside;
///   made with O_CREAT and O_EXCL, never removed or renamed, so that there is exactly one winner;
/// - `workers/<name>.json`: the owner file of every process that ever worked here;
/// - `partial/<id>.<G>`: a long cell as far as the owner of generation G got;
/// - `failed/<id>.json`: what became of a cell that ended five of its owners;
/// - `cells.jsonl`, `times.jsonl`: everything in the order of the plan, gathered by whoever finds all.
///
/// A cell is a pure function of the plan and its name: two workers on one cell are waste, never an
/// error. Claims only save work. Nothing rests on locks, on clocks or on what `stat` and listings say,
/// which may be old on a network: what counts is what opening a name finds.
package struct BoardFolder: Sendable, Hashable {
  package static let planName = "sweep.yaml"
  package static let configurationName = "run.yaml"
  package static let cellsName = "cells.jsonl"
  package static let timesName = "times.jsonl"
  package static let folders = ["cells", "times", "claims", "workers", "partial", "failed"]
  /// Every name that a sweep makes in its directory.
  package static let names =
    [planName, configurationName, cellsName, timesName] + folders

  package let directory: URL

  package init(_ directory: URL) { self.directory = directory }

  func path(_ name: String) -> String { directory.path + "/" + name }
  package func cell(_ id: String) -> String { path("cells/\(id).json") }
  func times(_ id: String) -> String { path("times/\(id).json") }
  func claim(_ id: String, _ generation: Int) -> String { path("claims/\(id).\(generation)") }
  package func worker(_ name: String) -> String { path("workers/\(name).json") }
  func partial(_ id: String) -> String { path("partial/\(id)") }
  func failed(_ id: String) -> String { path("failed/\(id).json") }

  /// Whether a plan lies here.
  package var holdsSweep: Bool { exists(path(Self.planName)) }

  /// Whether anybody has worked here yet, or on what was taken over.
  package var isBegun: Bool { !list("workers").isEmpty || !list("cells").isEmpty }

  /// Makes the folders that are not there yet.
  func prepare() throws(RunError) {
    for name in Self.folders where mkdir(path(name), 0o700) != 0 && errno != EEXIST {
      // A network may report another error for a folder that somebody has just made.
      guard opendirectory(path(name)) else { throw fileError("make", path(name)) }
    }
  }

  private func opendirectory(_ path: String) -> Bool {
    guard let handle = opendir(path) else { return false }
    closedir(handle)
    return true
  }

  /// The names in one of the folders; empty where it is not there yet.
  package func list(_ folder: String) -> [String] {
    guard let handle = opendir(path(folder)) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  /// The bytes of a file that is open to reading; nil when it is not there.
  package func read(_ path: String, as kind: ForeignFile.Kind = .description) -> Data? {
    ForeignFile.readFresh(path, as: kind).map { Data($0) }
  }

  /// Whether there is a file to open.
  package func exists(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file >= 0 { close(file) }
    return file >= 0
  }
}

/// What came of trying to take a cell.
enum ClaimAnswer: Sendable, Equatable {
  case won
  /// Somebody has this generation: the owner's name, nil when it was killed before it wrote it.
  case taken(by: String?)
}

/// What became of a file that was to be made once.
enum PublishAnswer: Sendable, Equatable {
  case made
  /// It was there already, the same or not.
  case wasThere(isSame: Bool)
}

extension BoardFolder {
  /// Takes generation `generation` of a cell for `owner`.
  ///
  /// On any error the name is opened: what can be read belongs to somebody else.
  func take(_ id: String, _ generation: Int, owner: String) throws(RunError) -> ClaimAnswer {
    let path = claim(id, generation)
    errno = FaultPoint.claimMake.error()
    let file = errno == 0 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) : -1
    guard file >= 0 else {
      let error = fileError("make", path)
      guard let name = holder(id, generation) else { throw error }
      return .taken(by: name.isEmpty ? nil : name)
    }
    defer { close(file) }
    errno = FaultPoint.claimMade.error()
    if errno == 0 {
      _ = Array((owner + "\n").utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }
    _ = FaultPoint.claimWritten.error()
    return .won
  }

  /// The owner written in a claim: empty when it was killed before, nil when there is no such claim.
  func holder(_ id: String, _ generation: Int) -> String? {
    read(claim(id, generation)).map {
      String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self)
    }
  }

  /// Writes a file under a name of its own and syncs it.
  func writeAside(
    _ text: String, for path: String, owner: String, isSynced: Bool = true,
    _ point: FaultPoint = .cellWrite
  ) throws(RunError) -> String {
    let (folder, name) = Self.split(path)
    let aside = "\(folder)/.\(name).\(owner)"
    errno = point.error()
    let file = errno == 0 ? open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) : -1
    guard file >= 0 else { throw fileError("write", path) }
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return try abandon(file, aside, path) }
      start += count
    }
    if isSynced, fsync(file) != 0 { return try abandon(file, aside, path) }
    guard close(file) == 0 else { throw fileError("write", path) }
    return aside
  }

  private func abandon(
    _ file: Int32, _ aside: String, _ path: String
  ) throws(RunError) -> String {
    let error = fileError("write", path)
    close(file)
    unlink(aside)
    throw error
  }

  /// Puts a file written aside into its place, where no other may be yet.
  ///
  /// A link is made only if the name is free. Where there are no hard links, and nothing is there, a
  /// rename does: two writers then write the same bytes.
  func place(
    _ aside: String, at path: String, _ point: FaultPoint = .cellLink
  ) throws(RunError) -> PublishAnswer {
    defer { unlink(aside) }
    errno = point.error()
    if errno == 0, link(aside, path) == 0 { return .made }
    let error = fileError("link", path)
    if let there = read(path) { return .wasThere(isSame: there == read(aside)) }
    guard rename(aside, path) == 0 else { throw error }
    return .made
  }

  /// Replaces a file as a whole: a reader sees the old or the new one.
  func replace(
    _ path: String, with text: String, owner: String, isSynced: Bool = true,
    write: FaultPoint, rename point: FaultPoint? = nil
  ) throws(RunError) {
    let aside = try writeAside(text, for: path, owner: owner, isSynced: isSynced, write)
    errno = point?.error() ?? 0
    guard errno == 0, rename(aside, path) == 0 else {
      let error = fileError("rename to", path)
      unlink(aside)
      throw error
    }
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return (parts.dropLast().joined(separator: "/"), String(parts.last ?? ""))
  }
}

/// What stood in the way of a file, in the words of the system.
func fileError(_ action: String, _ path: String, _ code: Int32 = errno) -> RunError {
  RunError(
    .failure, "cannot \(action): \(String(cString: strerror(code)))", place: path,
    remedy: "check the disk and the permissions; finished cells are kept, so go on with "
      + "magmascope sweep work")
}
