import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that grows line by line, such as `metrics.jsonl`; a line is there wholly or not at all.
///
/// Lines that could not be written (a full disk) wait in memory and are tried again with the next.
struct LineFile: ~Copyable {
  let path: String
  private let file: Int32
  private var pending: [UInt8] = []
  private var length: off_t

  /// Opens or creates the file for appending.
  init(_ path: String) throws(RunError) {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError.last("write", path) }
    length = lseek(file, 0, SEEK_END)
  }

  deinit { close(file) }

  /// Adds `text`, which ends in a newline, after whatever is still waiting.
  mutating func append(_ text: String) throws(RunError) {
    pending += text.utf8
    try flush()
  }

  /// Writes what waits; on failure cuts a half-written line off again.
  mutating func flush() throws(RunError) {
    guard !pending.isEmpty else { return }
    do throws(RunError) {
      try DurableFile.append(pending, to: file, path: path)
    } catch {
      ftruncate(file, length)
      lseek(file, length, SEEK_SET)
      throw error
    }
    length += off_t(pending.count)
    pending.removeAll(keepingCapacity: true)
  }

  /// Makes everything written durable.
  mutating func sync() throws(RunError) {
    try flush()
    guard fsync(file) == 0 else { throw FileError.last("write", path) }
  }
}
