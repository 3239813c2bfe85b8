import Glibc

/// Keeps learnt merges in the user's cache directory, keyed by what they were learnt from.
///
/// A file that is missing, damaged or unwritable is no error: the merges are learnt again.
struct VocabularyCache {
  private let directory: String
  /// The last line; a file without it was cut off.
  private static let ending = "end"

  init(directory: String) { self.directory = directory }

  /// `$XDG_CACHE_HOME/magmascope`, or `~/.cache/magmascope`; nil when neither is known.
  static var user: VocabularyCache? {
    if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      return VocabularyCache(directory: cache + "/magmascope")
    }
    return environment("HOME").map { VocabularyCache(directory: $0 + "/.cache/magmascope") }
  }

  /// The file for merges learnt from `text` up to `vocabularySize` tokens.
  static func key(text: ArraySlice<UInt8>, vocabularySize: Int) -> String {
    "bpe-v1-\(vocabularySize)-\(text.count)-\(String(hash(text), radix: 16)).txt"
  }

  func merges(_ key: String) -> [BytePairTokenizer.Pair]? {
    guard let file = fopen(directory + "/" + key, "r") else { return nil }
    defer { fclose(file) }
    var merges: [BytePairTokenizer.Pair] = []
    var line = [CChar](repeating: 0, count: 64)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix(Self.ending) { return merges }
      let numbers = text.split(whereSeparator: \.isWhitespace).map { Int32($0) }
      let known = 0..<Int32(256 + merges.count)
      guard numbers.count == 2, let left = numbers[0], let right = numbers[1],
        known.contains(left), known.contains(right)
      else { return nil }
      merges.append(BytePairTokenizer.Pair(left, right))
    }
    return nil
  }

  /// Writes beside the final name and renames, so that no reader sees half a file.
  func store(_ merges: [BytePairTokenizer.Pair], _ key: String) {
    makeDirectories()
    let draft = directory + "/.\(key).\(getpid())"
    guard let file = fopen(draft, "w") else { return }
    let text = merges.map { "\($0.left) \($0.right)\n" }.joined() + Self.ending + "\n"
    let isWritten = fputs(text, file) >= 0
    let isComplete = fclose(file) == 0 && isWritten
    guard isComplete, rename(draft, directory + "/" + key) == 0 else {
      unlink(draft)
      return
    }
  }

  private func makeDirectories() {
    var path = ""
    for part in directory.split(separator: "/") {
      path += "/" + part
      mkdir(path, 0o755)
    }
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// FNV-1a (Fowler, Noll & Vo), 64 bits.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
