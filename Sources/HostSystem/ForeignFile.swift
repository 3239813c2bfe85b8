import Glibc
import RunModel

/// The one place that opens files this program may not have written.
///
/// Directories, FIFOs, devices and sockets are refused by name before they are opened, files over
/// the limit of their kind before they are read.
package enum ForeignFile {
  /// What a file is taken for: the most it may hold, and what to give instead.
  package struct Kind: Sendable {
    let limit: Int
    let remedy: String

    package init(limit: Int, remedy: String) { (self.limit, self.remedy) = (limit, remedy) }

    /// A preset or `run.yaml`: 1 MiB.
    package static let preset = Kind(limit: 1 << 20, remedy: "give a preset, a .yaml file")
    /// `config.json`, `state.json`, a cell of a sweep and other descriptions: 64 MiB.
    package static let description = Kind(
      limit: 64 << 20, remedy: "give a run or checkpoint directory")
    /// Weights: 64 GiB.
    package static let tensors = Kind(limit: 64 << 30, remedy: "give a checkpoint directory")
    /// Text to train on: 2 GiB.
    package static let text = Kind(limit: 2 << 30, remedy: "give a text file to --text")
    /// Rows of a run or cells of a sweep: 4 GiB.
    package static let records = Kind(limit: 4 << 30, remedy: "give a run or sweep directory")
    /// Tokens or gradients as JSON: 1 GiB.
    package static let json = Kind(limit: 1 << 30, remedy: "give a JSON file")
  }

  /// The bytes of the file at `path`, or of standard input when `path` is `-`.
  ///
  /// - Throws: `RunError` (.input) naming the file, what is wrong with it and what to give instead.
  package static func read(_ path: String, as kind: Kind) throws(RunError) -> [UInt8] {
    if path == "-" { return try drain(STDIN_FILENO, place: "standard input", kind) }
    try refuseSpecial(path, kind)
    // Not waiting, because what was a file a moment ago could be a FIFO by now.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw unreadable(path, kind) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw unreadable(path, kind) }
    try refuse(status, path, kind)
    return try drain(file, expecting: Int(status.st_size), place: path, kind)
  }

  /// The same of a file that another machine may have written a moment ago; nil where there is none, or
  /// none to be read.
  ///
  /// Opened without a look at it first: a mounted directory may still deny a new file to `stat`.
  package static func readFresh(_ path: String, as kind: Kind) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return nil }
    do {
      try refuse(status, path, kind)
      return try drain(file, expecting: Int(status.st_size), place: path, kind)
    } catch {
      return nil
    }
  }

  /// The same as text.
  ///
  /// - Throws: also for bytes that are not UTF-8.
  package static func readText(_ path: String, as kind: Kind) throws(RunError) -> String {
    let bytes = try read(path, as: kind)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunError(.input, "is not UTF-8 text", place: shown(path), remedy: kind.remedy)
    }
    return text
  }

  /// Whether something is at `path`, whatever it is.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  static func refuseSpecial(_ path: String, _ kind: Kind) throws(RunError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw RunError(.input, "is no name of a file", place: shown(path), remedy: kind.remedy)
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw unreadable(path, kind) }
    try refuse(status, path, kind)
  }

  static func refuse(_ status: stat, _ path: String, _ kind: Kind) throws(RunError) {
    if let name = specialName(status.st_mode) {
      throw RunError(.input, "is \(name)", place: shown(path), remedy: kind.remedy)
    }
    guard Int(status.st_size) <= kind.limit else {
      throw tooLarge(shown(path), kind, size: Int(status.st_size))
    }
  }

  /// What a path that is no ordinary file is called; nil for an ordinary one.
  package static func specialName(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something special"
    }
  }

  private static func drain(
    _ file: Int32, expecting size: Int = 0, place: String, _ kind: Kind
  ) throws(RunError) -> [UInt8] {
    try AvailableMemory.check(size, for: "this file", place: shown(place), category: .input)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 1)
    var chunk = [UInt8](repeating: 0, count: min(max(size, 4096), 1 << 20))
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable(place, kind)
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= kind.limit else { throw tooLarge(shown(place), kind, size: nil) }
    }
  }

  private static func tooLarge(_ place: String, _ kind: Kind, size: Int?) -> RunError {
    let found = size.map { "has \(AvailableMemory.text($0))" } ?? "is too large"
    return RunError(
      .input, "\(found), at most \(AvailableMemory.text(kind.limit)) are read", place: place,
      remedy: kind.remedy)
  }

  static func unreadable(_ path: String, _ kind: Kind) -> RunError {
    let code = errno
    let place = shown(path)
    switch code {
    case ENOENT: return RunError(.input, "no such file", place: place, remedy: "check the path")
    case EACCES, EPERM:
      return RunError(
        .input, "may not be read", place: place, remedy: "check its permissions (ls -l)")
    default:
      return RunError(
        .input, "cannot be read: \(SystemError.words(for: code))", place: place,
        remedy: kind.remedy)
    }
  }

  private static func shown(_ path: String) -> String { path.isEmpty ? "''" : path }
}
