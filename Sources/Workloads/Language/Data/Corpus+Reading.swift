import HostSystem
import RunModel

extension Corpus {
  /// Reads a file, or standard input when `path` is `-`.
  ///
  /// - Throws: `RunError(.input)` when it is missing, no ordinary file, unreadable, too large or empty.
  package static func read(_ path: String) throws(RunError) -> Corpus {
    let place = path == "-" ? "standard input" : path
    let bytes = try ForeignFile.read(path, as: .text)
    guard !bytes.isEmpty else {
      throw RunError(.input, "is empty", place: place, remedy: "give a text of some kilobytes")
    }
    return Corpus(bytes: bytes, place: place)
  }
}
