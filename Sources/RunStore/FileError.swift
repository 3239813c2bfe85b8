import HostSystem
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What goes wrong with the files of a run.
enum FileError {
  /// The error of the call that has just failed.
  static func last(_ action: String, _ path: String) -> RunError {
    SystemError.make(action, path, code: errno)
  }

  /// A file that can be read but makes no sense.
  static func bad(_ path: String, _ what: String, _ remedy: String) -> RunError {
    RunError(.input, what, place: path, remedy: remedy)
  }
}
