import Glibc
import HostSystem
import RunModel

/// Writes whole files: to a temporary name, then renamed, so that no half file is ever seen.
enum OutputFile {
  static func write(_ bytes: some Collection<UInt8>, to path: String) throws(RunError) {
    var status = stat()
    if stat(path, &status) == 0, let name = ForeignFile.specialName(status.st_mode) {
      throw RunError(
        .usage, "is \(name), not a file", place: path, remedy: "name a file to write")
    }
    let temporary = path + ".\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw SystemError.last("be written", path) }
    do throws(RunError) {
      try put(Array(bytes), in: file, path)
      guard close(file) == 0, rename(temporary, path) == 0 else {
        throw SystemError.last("be written", path)
      }
    } catch {
      close(file)
      unlink(temporary)
      throw error
    }
  }

  private static func put(_ bytes: [UInt8], in file: Int32, _ path: String) throws(RunError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw SystemError.last("be written", path) }
      rest = rest.dropFirst(max(0, count))
    }
    guard fsync(file) == 0 || errno == EINVAL else { throw SystemError.last("be written", path) }
  }

  /// Makes a directory and those above it.
  static func makeDirectory(_ path: String) throws(RunError) {
    try HostDirectory.make(path)
  }
}
