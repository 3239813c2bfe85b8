import Explorer
import Foundation
import HostSystem
import Presets
import RunModel
import Synchronization

/// What the explorer remembers of its view from one start to the next, in a file of the user's.
///
/// Changes are laid over what stands in the file when they are written, so that of two explorers at
/// once each keeps what was changed in it. A file that cannot be understood is never written to.
final class SettingsMemory: Sendable {
  /// What stood in the file at the start.
  let atStart: [String: String]
  private let path: String
  private let unwritten = Mutex<[String: String]>([:])
  /// Whether it was said that the file cannot be written; held while it is.
  private let hasFailed = Mutex(false)

  /// - Throws: `RunError` when the file is there and cannot be understood.
  init(path: String) throws(RunError) {
    self.path = path
    atStart = try Self.read(path)
  }

  private static func text(of path: String) -> SettingsText {
    SettingsText(
      file: path,
      keys: RememberedSetting.all.map { .init(name: $0.name, allowed: $0.allowed) })
  }

  private static func read(_ path: String) throws(RunError) -> [String: String] {
    guard ForeignFile.exists(path) else { return [:] }
    return try text(of: path).read(try ForeignFile.readText(path, as: .settings))
  }

  /// Notes changes; true when nothing else waits to be written.
  func note(_ changes: [String: String]) -> Bool {
    unwritten.withLock { waiting in
      defer { waiting.merge(changes) { _, new in new } }
      return waiting.isEmpty
    }
  }

  /// Writes what waits; the reason why it cannot be, the first time.
  func write() -> RunError? {
    hasFailed.withLock { hasFailed -> RunError? in
      let changes = unwritten.withLock { waiting in
        defer { waiting = [:] }
        return waiting
      }
      guard !changes.isEmpty else { return nil }
      do throws(RunError) {
        try put(changes)
        return nil
      } catch {
        defer { hasFailed = true }
        return hasFailed ? nil : error
      }
    }
  }

  /// A lock on the directory, so that two explorers do not read before the other has written; where it
  /// cannot be had in a fifth of a second, the file is written without.
  private static func takeTurn(in directory: String) -> Int32 {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for _ in 0..<20 where descriptor >= 0 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
      usleep(10_000)
    }
    return descriptor
  }

  private func put(_ changes: [String: String]) throws(RunError) {
    let directory = (path as NSString).deletingLastPathComponent
    try OutputFile.makeDirectory(directory)
    let turn = Self.takeTurn(in: directory)
    defer { close(turn) }
    let settings = try Self.read(path).merging(changes) { _, new in new }
    // Somebody who keeps such files elsewhere has left a link: what it points to is written.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    try OutputFile.makeDirectory((target as NSString).deletingLastPathComponent)
    try OutputFile.write(Data(Self.text(of: path).write(settings).utf8), to: target)
  }
}

extension ForeignFile.Kind {
  /// Remembered settings: 64 KiB.
  fileprivate static let settings = ForeignFile.Kind(
    limit: 64 << 10, remedy: "remove it, or start with --defaults")
}
