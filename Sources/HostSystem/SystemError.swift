import Glibc
import RunModel

/// Turns what the operating system says about a file into true words with a remedy.
package enum SystemError {
  /// The error of the call that has just failed (`errno`), as a failure of this run.
  package static func last(_ action: String, _ path: String) -> RunError {
    make(action, path, code: errno)
  }

  /// `action` is what could not be done, as in `cannot write`.
  package static func make(
    _ action: String, _ path: String, code: Int32, category: RunError.Category = .failure
  ) -> RunError {
    RunError(
      category, "cannot \(action): \(words(for: code))", place: path, remedy: remedy(for: code))
  }

  /// What an error number means to somebody who does not program.
  package static func words(for code: Int32) -> String {
    switch code {
    case ENOENT: "there is no such file or directory"
    case ENOTDIR: "a part of the path is not a directory"
    case EISDIR: "it is a directory"
    case EEXIST: "something of that name is there already"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case ENAMETOOLONG: "the name is too long"
    case ELOOP: "the path is a loop of symbolic links"
    case ENOSPC: "the disk is full"
    case EDQUOT: "your share of the disk (quota) is used up"
    case EFBIG: "the file would exceed the largest size allowed here (ulimit -f)"
    case EMFILE: "this program has too many files open (ulimit -n)"
    case ENFILE: "the system has too many files open"
    case ENXIO: "nothing is at the other end"
    case EINVAL: "the system does not take that name or size"
    default: String(cString: strerror(code))
    }
  }

  private static func remedy(for code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "make room on the disk"
    case EACCES, EPERM, EROFS: "choose a directory you may write to"
    case ENOENT: "check the path"
    case ENOTDIR, EEXIST, ELOOP: "choose another path"
    case ENAMETOOLONG: "choose a shorter name"
    case EFBIG: "raise the limit"
    case EMFILE, ENFILE: "raise the limit, or close other programs"
    default: "choose another directory"
    }
  }
}
