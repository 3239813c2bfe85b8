import Lessons
import RunModel
import Yams

/// Reads a lesson strictly: every key, name and expression known, every run complete.
package struct LessonReader {
  private let file: String
  private let reader: PresetReader
  private let builder: ConfigurationBuilder

  /// - Parameter file: what messages call the text: a path or the lesson's name.
  package init(file: String, builder: ConfigurationBuilder) {
    self.file = file
    self.builder = builder
    reader = PresetReader(file: file)
  }

  static let keys = [
    "title", "goal", "corrects", "kind", "pair", "runs", "beats", "notes", "limits",
  ]
  static let runKeys = ["like", "names", "probes"]

  package func read(_ text: String, name: String) throws(RunError) -> Lesson {
    let root = try reader.compose(text)
    guard let mapping = root.mapping else {
      throw reader.error("a lesson is a list of keys and values", at: root)
    }
    try reader.forEachKey(of: mapping, allowed: Self.keys) { (_, _) throws(RunError) in }
    func node(_ key: String) throws(RunError) -> Node {
      guard let node = reader.value(key, of: mapping) else {
        throw reader.error("a lesson wants '\(key)'", at: root)
      }
      return node
    }
    func words(_ key: String) throws(RunError) -> String {
      try self.words(try node(key), key)
    }
    let runs = try self.runs(try node("runs"), title: try words("title"))
    let beats = try LessonBeatReader(reader: reader, runs: runs).beats(try node("beats"))
    return Lesson(
      name: name, title: try words("title"), goal: try words("goal"),
      corrects: try words("corrects"), kind: try reader.choice(try node("kind"), "kind"),
      pair: try pair(reader.value("pair", of: mapping), runs), runs: runs, beats: beats,
      notes: try words("notes"), limits: try words("limits"))
  }

  /// A text without the line breaks of the file.
  private func words(_ node: Node, _ key: String) throws(RunError) -> String {
    try reader.text(node, key).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func pair(_ node: Node?, _ runs: [LessonRun]) throws(RunError) -> [String] {
    guard let node else { return [] }
    let names = try LessonBeatReader(reader: reader, runs: runs).arms(node, "pair", of: 0)
    guard names.count == 2 else { throw reader.error("'pair' names two arms", at: node) }
    return names.map { runs[0].armNames[$0] }
  }

  // MARK: Runs

  private func runs(_ node: Node, title: String) throws(RunError) -> [LessonRun] {
    guard let mapping = node.mapping, !mapping.isEmpty else {
      throw reader.error("'runs' is a list of named runs", at: node)
    }
    var known: [(name: String, fields: PresetFields)] = []
    var runs: [LessonRun] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard let run = value.mapping else {
        throw reader.error("run '\(name)' is a list of keys", at: value)
      }
      var fields = try reader.read(run, ignoring: Self.runKeys)
      if let like = reader.value("like", of: run) {
        let base = try reader.text(like, "like")
        guard let other = known.first(where: { $0.name == base }) else {
          throw reader.error(
            "no run '\(base)' stands before this one"
              + suggestion(for: base, among: known.map(\.name)), at: like)
        }
        fields = other.fields.overridden(by: fields)
      }
      fields.title = fields.title ?? title
      known.append((name, fields))
      var configuration = try builder.build(fields, category: .input)
      let names = try self.names(reader.value("names", of: run), configuration)
      // Single letters are what the screens call arms, too.
      if names.allSatisfy({ $0.count == 1 && ("a"..."z").contains($0) }) {
        configuration.letters = names
      }
      runs.append(
        LessonRun(
          name: name, configuration: configuration, armNames: names,
          probes: try probes(reader.value("probes", of: run))))
    }
    return runs
  }

  /// What arms are called: as written, else by their letters.
  private func names(
    _ node: Node?, _ configuration: RunConfiguration
  ) throws(RunError) -> [String] {
    guard let node else { return configuration.lanes.map(\.letter) }
    let names = try list(node, "names")
    guard names.count == configuration.arms.count, Set(names).count == names.count else {
      throw reader.error(
        "'names' has \(names.count) names", at: node,
        remedy: "give each of the \(configuration.arms.count) arms one of its own")
    }
    return names
  }

  private func list(_ node: Node, _ key: String) throws(RunError) -> [String] {
    guard let sequence = node.sequence else { throw reader.error("'\(key)' is a list", at: node) }
    var texts: [String] = []
    for item in sequence { texts.append(try reader.text(item, key)) }
    return texts
  }

  /// `proposition1:20`
  private func probes(_ node: Node?) throws(RunError) -> [ProbeCadence] {
    guard let node else { return [] }
    var cadences: [ProbeCadence] = []
    for text in try list(node, "probes") {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 2, let kind = ProbeKind(rawValue: parts[0]),
        let every = Int(parts[1]), every > 0
      else {
        throw reader.error(
          "probe '\(text)' is not KIND:STEPS", at: node,
          remedy: "kinds: " + ProbeKind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      cadences.append(ProbeCadence(kind, every: every))
    }
    return cadences
  }
}
