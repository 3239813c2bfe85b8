import Glibc
import RunModel

/// A file of others whose bytes are mapped: a large one costs memory only where it is read.
package final class MappedFile: Sendable {
  package let path: String
  /// Where the mapped pages begin; nil for an empty file.
  private let address: UInt?
  private let count: Int

  /// - Throws: `RunError` (.input) naming the file and what is wrong with it, as `ForeignFile` does.
  package init(_ path: String, as kind: ForeignFile.Kind) throws(RunError) {
    self.path = path
    try ForeignFile.refuseSpecial(path, kind)
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw ForeignFile.unreadable(path, kind) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw ForeignFile.unreadable(path, kind) }
    try ForeignFile.refuse(status, path, kind)
    count = Int(status.st_size)
    guard count > 0 else {
      address = nil
      return
    }
    guard let pages = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), pages != MAP_FAILED else {
      throw ForeignFile.unreadable(path, kind)
    }
    address = UInt(bitPattern: pages)
  }

  deinit {
    if let address, let pages = UnsafeMutableRawPointer(bitPattern: address) {
      munmap(pages, count)
    }
  }

  /// Calls `body` with the file's bytes, which are valid while it runs.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(
      UnsafeRawBufferPointer(
        start: address.flatMap { UnsafeRawPointer(bitPattern: $0) }, count: count))
  }
}
