import Glibc
import RunModel

extension Corpus {
  /// Largest text taken, so that a mistaken path to a disk image does not fill the memory.
  package static let largestFile = 2 << 30

  /// Reads a file, or standard input when `path` is `-`.
  ///
  /// - Throws: `RunError(.input)` when it is missing, a directory, unreadable, too large or empty.
  package static func read(_ path: String) throws(RunError) -> Corpus {
    let place = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw openingError(errno, place: place) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    let bytes = try readAll(descriptor, place: place)
    guard !bytes.isEmpty else {
      throw RunError(.input, "is empty", place: place, remedy: "give a text of some kilobytes")
    }
    return Corpus(bytes: bytes, place: place)
  }

  private static func readAll(_ descriptor: Int32, place: String) throws(RunError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw openingError(errno, place: place)
      }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= largestFile else {
        throw RunError(.input, "is larger than 2 GiB", place: place, remedy: "give a part of it")
      }
    }
  }

  private static func openingError(_ code: Int32, place: String) -> RunError {
    switch code {
    case ENOENT, ENOTDIR:
      RunError(.input, "no such file", place: place, remedy: "check the path given to --text")
    case EISDIR:
      RunError(.input, "is a directory", place: place, remedy: "give a text file to --text")
    case EACCES, EPERM:
      RunError(
        .input, "may not be read", place: place, remedy: "check its permissions (ls -l)")
    default:
      RunError(
        .input, "cannot be read: " + String(cString: strerror(code)), place: place,
        remedy: "give another file to --text")
    }
  }
}
