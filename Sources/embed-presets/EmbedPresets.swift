import Foundation

/// Writes preset files and the current commit as Swift source: `embed-presets OUT GIT-DIR FILE...`.
@main
enum EmbedPresets {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 2 else { throw CocoaError(.fileNoSuchFile) }
    let output = arguments[arguments.startIndex]
    let gitDirectory = arguments[arguments.startIndex + 1]
    var source = "// Generated from presets/ at build time.\n\n"
    source += "enum EmbeddedPresets {\n"
    source += "  static let commit = \"\(commit(in: gitDirectory))\"\n"
    var files = ""
    for path in arguments.dropFirst(2) {
      let url = URL(fileURLWithPath: path)
      let name = url.deletingPathExtension().lastPathComponent
      let text = literal(try String(contentsOf: url, encoding: .utf8))
      // The ledger of claims lies beside the presets and is none.
      if name == "claims" {
        source += "  static let claims = \(text)\n"
      } else {
        files += "    (\"\(name)\", \(text)),\n"
      }
    }
    source += "  static let files: [(name: String, text: String)] = [\n\(files)  ]\n}\n"
    try source.write(toFile: output, atomically: true, encoding: .utf8)
  }

  /// A raw string literal, so that nothing in the text is read as an escape.
  private static func literal(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return "###\"\"\"\n" + lines.joined(separator: "\n") + "\n\"\"\"###"
  }

  /// The commit that HEAD names, shortened; `unknown` outside a clone.
  private static func commit(in gitDirectory: String) -> String {
    func read(_ path: String) -> String? {
      try? String(contentsOfFile: gitDirectory + "/" + path, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let head = read("HEAD") else { return "unknown" }
    guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
    let reference = String(head.dropFirst(5))
    if let hash = read(reference) { return String(hash.prefix(12)) }
    let packed = read("packed-refs")?.split(separator: "\n").first { $0.hasSuffix(reference) }
    return packed.map { String($0.prefix(12)) } ?? "unknown"
  }
}
