import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Turns what the operating system says about a file into a sentence with a remedy.
enum FileError {
  /// The error of the call that has just failed.
  static func last(_ action: String, _ path: String) -> RunError {
    make(action, path, code: errno)
  }

  static func make(_ action: String, _ path: String, code: Int32) -> RunError {
    RunError(
      .failure, "cannot \(action): \(String(cString: strerror(code)))", place: path,
      remedy: remedy(for: code))
  }

  private static func remedy(for code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "make room on the disk; what is not written yet is kept and tried again"
    case EACCES, EPERM, EROFS: "choose a directory you may write to"
    case ENOENT: "check the path"
    case ENOTDIR, EEXIST: "choose another name"
    default: "choose another directory"
    }
  }

  /// A file that can be read but makes no sense.
  static func bad(_ path: String, _ what: String, _ remedy: String) -> RunError {
    RunError(.input, what, place: path, remedy: remedy)
  }
}
