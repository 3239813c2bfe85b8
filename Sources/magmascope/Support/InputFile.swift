import Foundation
import RunModel

/// Reads whole files, with errors that name them.
enum InputFile {
  /// The bytes of `path`, or of standard input for `-`.
  static func read(_ path: String) throws(RunError) -> Data {
    do {
      if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      throw RunError(.input, "no such file", place: path, remedy: "check the path")
    } catch {
      throw RunError(
        .input, "cannot be read (\(error.localizedDescription))", place: path,
        remedy: "check that it is a file and its permissions")
    }
  }
}
