import Foundation
import HostSystem
import RunModel

/// Reads whole files that others wrote, for the parsers of Foundation.
enum InputFile {
  /// The bytes of `path`, or of standard input for `-`; see `ForeignFile`.
  static func read(
    _ path: String, as kind: ForeignFile.Kind = .description
  ) throws(RunError) -> Data {
    Data(try ForeignFile.read(path, as: kind))
  }
}
