import Foundation
import RunModel

/// Writes whole files: to a temporary name, then renamed, so that no half file is ever seen.
enum OutputFile {
  static func write(_ data: Data, to path: String) throws(RunError) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw RunError(
        .failure, "cannot be written (\(error.localizedDescription))", place: path,
        remedy: "check the directory, its permissions and the free space")
    }
  }
}
