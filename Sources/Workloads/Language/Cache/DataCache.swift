import Glibc

/// Keeps what is slow to make in the user's cache directory, under a key that names all it depends on.
///
/// An entry that is missing, damaged or unwritable is no error: its contents are made again. With or
/// without a cache the contents are the same, bit for bit.
package struct DataCache: Sendable {
  /// Nil keeps nothing.
  private let directory: String?

  /// Part of every key: a change of what is kept, or of how it is made, starts anew.
  private static let version = 1
  /// Larger contents are made anew each time, so that a huge text does not fill the disk.
  private static let largestEntry = 64 << 20

  package static let none = DataCache(directory: nil)

  package static func at(_ directory: String) -> DataCache { DataCache(directory: directory) }

  /// `$XDG_CACHE_HOME/magmascope`, or `~/.cache/magmascope`; none when neither is known.
  package static var user: DataCache {
    if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      return .at(cache + "/magmascope")
    }
    return environment("HOME").map { .at($0 + "/.cache/magmascope") } ?? .none
  }

  /// What is kept under `key`, or else what `make` gives, which is then kept.
  func values<Element: BitwiseCopyable>(
    _ key: String, isValid: ([Element]) -> Bool = { _ in true }, make: () -> [Element]
  ) -> [Element] {
    if let kept: [Element] = load(key), isValid(kept) { return kept }
    let made = make()
    store(made, key)
    return made
  }

  func load<Element: BitwiseCopyable>(_ key: String) -> [Element]? {
    guard let path = path(key), let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var header = EntryHeader()
    guard fread(&header, MemoryLayout<EntryHeader>.size, 1, file) == 1, header.isOurs,
      let bytes = Int(exactly: header.byteCount), (0...Self.largestEntry).contains(bytes),
      bytes.isMultiple(of: MemoryLayout<Element>.stride)
    else { return nil }
    var isComplete = false
    let values = [Element](unsafeUninitializedCapacity: bytes / MemoryLayout<Element>.stride) {
      let count = fread($0.baseAddress, 1, bytes, file)
      isComplete = count == bytes && fgetc(file) == EOF
      $1 = isComplete ? $0.count : 0
    }
    return isComplete && header.describes(values) ? values : nil
  }

  /// Writes beside the final name and renames, so that no reader sees half a file.
  func store<Element: BitwiseCopyable>(_ values: [Element], _ key: String) {
    let size = values.count * MemoryLayout<Element>.stride
    guard size <= Self.largestEntry, let path = path(key) else { return }
    makeDirectories()
    var draft = Array((path + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&draft)
    guard descriptor >= 0, let file = fdopen(descriptor, "w") else { return }
    var header = EntryHeader(values)
    let isWritten =
      fwrite(&header, MemoryLayout<EntryHeader>.size, 1, file) == 1
      && values.withUnsafeBytes { fwrite($0.baseAddress, 1, size, file) } == size
    let isComplete = fclose(file) == 0 && isWritten
    guard isComplete, rename(draft, path) == 0 else {
      unlink(draft)
      return
    }
  }

  private func path(_ key: String) -> String? { directory.map { "\($0)/v\(Self.version)-\(key)" } }

  private func makeDirectories() {
    var path = ""
    for part in (directory ?? "").split(separator: "/") {
      path += "/" + part
      mkdir(path, 0o755)
    }
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The first 24 bytes of an entry: what follows, and how to tell whether it is whole.
private struct EntryHeader {
  /// `magmadat`, little-endian; read on a machine of the other byte order it is not ours.
  private static let mark: UInt64 = 0x7461_6461_6D67_616D

  private var mark: UInt64 = 0
  private(set) var byteCount: UInt64 = 0
  private var checksum: UInt64 = 0

  init() {}

  init<Element: BitwiseCopyable>(_ values: [Element]) {
    mark = Self.mark
    byteCount = UInt64(values.count * MemoryLayout<Element>.stride)
    checksum = ContentHash(values).value
  }

  var isOurs: Bool { mark == Self.mark }

  func describes<Element: BitwiseCopyable>(_ values: [Element]) -> Bool {
    checksum == ContentHash(values).value
  }
}
