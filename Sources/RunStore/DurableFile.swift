import HostSystem
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that are either wholly there or not at all.
enum DurableFile {
  /// Writes `bytes` under a temporary name, syncs, and renames: readers see the old or the new file.
  static func replace(_ path: String, with bytes: [UInt8]) throws(RunError) {
    let temporary = path + ".tmp"
    try write(bytes, to: temporary)
    try rename(temporary, to: path)
  }

  /// Writes and syncs a file of its own; a half-written one is removed again.
  ///
  /// A file that has the name gives it up and keeps its contents: it may have other names.
  static func write(_ bytes: [UInt8], to path: String) throws(RunError) {
    unlink(path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError.last("write", path) }
    do throws(RunError) {
      try append(bytes, to: file, path: path)
      guard fsync(file) == 0 else { throw FileError.last("write", path) }
    } catch {
      close(file)
      unlink(path)
      throw error
    }
    guard close(file) == 0 else { throw FileError.last("write", path) }
  }

  /// Moves a synced file to its final name and makes the move itself durable.
  static func rename(_ source: String, to target: String) throws(RunError) {
    #if canImport(Glibc)
      let code = Glibc.rename(source, target)
    #else
      let code = Darwin.rename(source, target)
    #endif
    guard code == 0 else { throw FileError.last("rename to", target) }
    syncDirectory(of: target)
  }

  /// Gives a finished file a second name, or copies it where the file system knows only one.
  static func link(_ source: String, to target: String) throws(RunError) {
    unlink(target)
    #if canImport(Glibc)
      let code = Glibc.link(source, target)
    #else
      let code = Darwin.link(source, target)
    #endif
    if code != 0 { try write(try read(source, as: .tensors), to: target) }
  }

  /// Writes a file under a name that nothing has yet; false, and nothing done, when something has it.
  static func create(_ path: String, with bytes: [UInt8], temporary: String) throws(RunError)
    -> Bool
  {
    try write(bytes, to: temporary)
    defer { unlink(temporary) }
    #if canImport(Glibc)
      let code = Glibc.link(temporary, path)
    #else
      let code = Darwin.link(temporary, path)
    #endif
    if code != 0 {
      if OwnerFile.exists(path) { return false }
      try rename(temporary, to: path)
    }
    syncDirectory(of: path)
    return true
  }

  /// Writes all of `bytes`, however many calls it takes.
  static func append(_ bytes: [UInt8], to file: Int32, path: String) throws(RunError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(file, buffer.baseAddress.map { $0 + start }, buffer.count - start)
        #else
          Darwin.write(file, buffer.baseAddress.map { $0 + start }, buffer.count - start)
        #endif
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError.last("write", path)
      }
      start += written
    }
  }

  /// Not every file system can sync a directory; where it cannot, the rename is as safe as it gets.
  static func syncDirectory(of path: String) {
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let directory = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  static func read(
    _ path: String, as kind: ForeignFile.Kind = .description
  ) throws(RunError) -> [UInt8] {
    try ForeignFile.read(path, as: kind)
  }
}
