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
    let urls = arguments.dropFirst(2).map { URL(fileURLWithPath: $0) }
    let isLesson: (URL) -> Bool = { $0.deletingLastPathComponent().lastPathComponent == "lessons" }
    // The ledger of claims lies beside the presets and is none.
    let isLedger: (URL) -> Bool = { $0.lastPathComponent == "claims.yaml" }
    for url in urls.filter(isLedger) {
      let text = try String(contentsOf: url, encoding: .utf8)
      source += "  static let claims = \(literal(text))\n"
    }
    source += try list("files", urls.filter { !isLesson($0) && !isLedger($0) })
    source += try list("lessons", urls.filter(isLesson))
    source += "}\n"
    try source.write(toFile: output, atomically: true, encoding: .utf8)
  }

  /// An array of names and texts.
  private static func list(_ name: String, _ urls: [URL]) throws -> String {
    var source = "  static let \(name): [(name: String, text: String)] = [\n"
    for url in urls {
      let text = try String(contentsOf: url, encoding: .utf8)
      source += "    (\"\(url.deletingPathExtension().lastPathComponent)\", \(literal(text))),\n"
    }
    return source + "  ]\n"
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
