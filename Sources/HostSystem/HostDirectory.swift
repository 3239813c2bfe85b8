import Glibc
import RunModel

/// Directories, made with words of why when they cannot be.
package enum HostDirectory {
  /// Makes the directory at `path` and those above it; one that is there is fine.
  ///
  /// - Parameter mode: of the directories that have to be made.
  package static func make(_ path: String, mode: mode_t = 0o755) throws(RunError) {
    if mkdir(path, mode) == 0 { return }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    guard code == ENOENT, let parent = parent(of: path), parent != path else {
      throw SystemError.make("make the directory", path, code: code)
    }
    try make(parent, mode: mode)
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw SystemError.last("make the directory", path)
    }
  }

  private static func parent(of path: String) -> String? {
    var rest = Substring(path)
    while rest.last == "/" { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return nil }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }
}
