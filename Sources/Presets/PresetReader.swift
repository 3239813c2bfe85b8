import RunModel
import Yams

/// Reads a preset text strictly: every key known, every value of its type and in its range.
package struct PresetReader {
  /// What messages call the text: a path or the preset's name.
  private let file: String
  /// What helps where the text is no YAML at all.
  private let remedy: String

  package init(file: String, remedy: String = "see presets show first-look") {
    (self.file, self.remedy) = (file, remedy)
  }

  package func read(_ text: String) throws(RunError) -> PresetFields {
    let root = try compose(text)
    guard let mapping = root.mapping else {
      throw error("a preset is a list of keys and values", at: root)
    }
    return try read(mapping)
  }

  /// The fields of a preset that is a part of something else.
  ///
  /// - Parameter ignored: keys that belong to whoever it is a part of.
  func read(_ mapping: Node.Mapping, ignoring ignored: [String] = []) throws(RunError)
    -> PresetFields
  {
    var fields = PresetFields()
    fields.source = file
    try forEachKey(of: mapping, allowed: Self.keys + ignored) { (key, node) throws(RunError) in
      guard !ignored.contains(key) else { return }
      fields.places[key] = place(of: node)
      try read(key, node, into: &fields)
    }
    return fields
  }

  static let keys = [
    "title", "about", "tunedBy", "workload", "data", "textPrint", "from", "model", "settings",
    "steps", "schedule", "clip", "evalEvery", "seed", "seeds", "threads", "observe", "arms",
    "format", "letters",
  ]
  static let modelKeys = ["size"] + ModelSetting.all.map(\.key)
  static let scheduleKeys = ["kind", "warmup", "floor"]

  func compose(_ text: String) throws(RunError) -> Node {
    guard let node = try composeIfAny(text) else {
      throw RunError(.input, "the file is empty", place: file, remedy: "write its keys")
    }
    return node
  }

  /// The root of the text; nil when there is nothing but blanks and comments.
  func composeIfAny(_ text: String) throws(RunError) -> Node? {
    try refuseAliases(text)
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw syntaxError(error)
    } catch {
      throw RunError(.input, "cannot be read as YAML", place: file, remedy: remedy)
    }
  }

  /// Aliases of aliases stand for more than any memory holds; a preset has no use for one.
  private func refuseAliases(_ text: String) throws(RunError) {
    var line = 1
    var (previous, count): (UInt8, Int) = (0x0a, 0)
    for (byte, next) in zip(text.utf8, text.utf8.dropFirst()) {
      let mayBegin = previous <= 0x20 || "[{,:-?".utf8.contains(previous)
      if byte == UInt8(ascii: "*"), mayBegin, next > 0x20, next != byte { count += 1 }
      if byte == 0x0a { line += 1 }
      previous = byte
      guard count <= Self.mostAliases else {
        throw RunError(
          .input, "has many aliases (*name)", place: "\(file):\(line)",
          remedy: "write out what they stand for")
      }
    }
  }

  private static let mostAliases = 16

  private func syntaxError(_ error: YamlError) -> RunError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      RunError(
        .input, "not YAML: \(problem)", place: "\(file):\(mark.line)",
        remedy: remedy)
    case .duplicatedKeysInMapping(let duplicates, let context):
      RunError(
        .input, "key \(quoted(duplicates.first ?? "")) is written twice",
        place: "\(file):\(context.mark.line)", remedy: "keep one of them")
    default:
      RunError(.input, "not YAML: \(error)", place: file, remedy: remedy)
    }
  }

  private func read(
    _ key: String, _ node: Node, into fields: inout PresetFields
  ) throws(RunError) {
    switch key {
    case "title": fields.title = try text(node, key)
    case "about":
      fields.about = try text(node, key).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
    case "tunedBy": fields.tunedBy = try text(node, key)
    case "workload": fields.workload = try text(node, key)
    case "data": fields.data = try dataSource(node)
    case "from": fields.from = try text(node, key)
    case "model": fields.model = try model(node)
    case "settings": fields.settings = try settings(node)
    case "steps": fields.steps = try integer(node, key, FieldLimits.steps)
    case "schedule": try schedule(node, into: &fields)
    case "clip": fields.clip = try clip(node)
    case "evalEvery": fields.evaluateEvery = try integer(node, key, FieldLimits.evaluateEvery)
    case "seed": fields.seed = try seed(node)
    case "seeds": fields.seeds = try integer(node, key, FieldLimits.seeds)
    case "threads": fields.threads = try integer(node, key, FieldLimits.threads)
    case "observe": fields.observes = try truth(node, key)
    case "arms": fields.arms = try arms(node)
    case "format": try checkFormat(node)
    case "letters": fields.letters = try letters(node)
    case "textPrint": fields.textPrint = try text(node, key)
    default: preconditionFailure("key '\(key)' is listed but not read")
    }
  }

  private func dataSource(_ node: Node) throws(RunError) -> RunConfiguration.DataSource {
    switch try text(node, "data") {
    case "built-in": .builtIn
    case "required": .required
    case let path: .file(path)
    }
  }

  private func clip(_ node: Node) throws(RunError) -> PresetFields.Clip {
    if node.scalar?.string == "none" { return .none }
    return .norm(try number(node, "clip", FieldLimits.clip, or: "none"))
  }

  private func arms(_ node: Node) throws(RunError) -> [PresetFields.ArmField] {
    guard let sequence = node.sequence else { throw error("'arms' is a list", at: node) }
    var arms: [PresetFields.ArmField] = []
    for item in sequence {
      arms.append(.init(text: try text(item, "arms"), place: place(of: item)))
    }
    return arms
  }

  private func seed(_ node: Node) throws(RunError) -> UInt64 {
    let written = try text(node, "seed")
    guard let seed = UInt64(written) else {
      throw error(
        "'seed' is '\(written)'", at: node, remedy: "allowed: whole numbers 0..\(UInt64.max)")
    }
    return seed
  }

  private func checkFormat(_ node: Node) throws(RunError) {
    let format = try integer(node, "format", 1...Int.max)
    guard format <= RunConfiguration.format else {
      throw .newerFormat(format, known: RunConfiguration.format, place: place(of: node))
    }
  }

  private func letters(_ node: Node) throws(RunError) -> [String] {
    guard let sequence = node.sequence else { throw error("'letters' is a list", at: node) }
    var letters: [String] = []
    for item in sequence {
      let letter = try text(item, "letters")
      let isPlain = letter.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
      guard isPlain, letter.count <= 2, !letters.contains(letter) else {
        throw error(
          "'\(letter)' is no letter of an arm", at: item,
          remedy: "one or two small letters, each arm its own")
      }
      letters.append(letter)
    }
    return letters
  }

  private func settings(_ node: Node) throws(RunError) -> [PresetFields.SettingField] {
    guard let mapping = node.mapping else { throw error("'settings' is a list of keys", at: node) }
    var settings: [PresetFields.SettingField] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      settings.append(.init(key: name, text: try text(value, name), place: place(of: value)))
    }
    return settings
  }

  private func schedule(_ node: Node, into fields: inout PresetFields) throws(RunError) {
    guard let mapping = node.mapping else { throw error("'schedule' is a list of keys", at: node) }
    try forEachKey(of: mapping, allowed: Self.scheduleKeys) { (key, value) throws(RunError) in
      switch key {
      case "kind": fields.scheduleKind = try choice(value, key)
      case "warmup": fields.warmup = try warmup(value)
      default: fields.scheduleFloor = try number(value, key, FieldLimits.share)
      }
    }
  }

  private func warmup(_ node: Node) throws(RunError) -> ScheduleConfiguration.Warmup {
    let written = try text(node, "warmup")
    guard let warmup = ScheduleConfiguration.Warmup(text: written) else {
      throw error(
        "warmup \(quoted(written)) is neither steps nor a share", at: node,
        remedy: "write a whole number or a percentage, for example 100 or 10%")
    }
    return warmup
  }

  private func model(_ node: Node) throws(RunError) -> PresetFields.ModelFields {
    guard let mapping = node.mapping else { throw error("'model' is a list of keys", at: node) }
    var model = PresetFields.ModelFields()
    try forEachKey(of: mapping, allowed: Self.modelKeys) { (key, value) throws(RunError) in
      if let setting = ModelSetting.named(key) {
        model[key] = try self.setting(value, setting.description)
      } else {
        model.size = try choice(value, key)
      }
    }
    return model
  }
}

extension PresetReader {
  func forEachKey(
    of mapping: Node.Mapping, allowed: [String],
    _ body: (String, Node) throws(RunError) -> Void
  ) throws(RunError) {
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard allowed.contains(name) else {
        throw error(
          "unknown key \(quoted(name))" + suggestion(for: name, among: allowed), at: key,
          remedy: "allowed: " + allowed.joined(separator: ", "))
      }
      try body(name, value)
    }
  }

  func value(_ key: String, of mapping: Node.Mapping) -> Node? {
    mapping.first { $0.key.string == key }?.value
  }

  func place(of node: Node) -> String {
    node.mark.map { "\(file):\($0.line)" } ?? file
  }

  func error(_ message: String, at node: Node, remedy: String = "") -> RunError {
    RunError(.input, message, place: place(of: node), remedy: remedy)
  }

  func text(_ node: Node, _ key: String) throws(RunError) -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty else {
      throw error("'\(key)' wants a single value", at: node)
    }
    return scalar.string
  }

  func integer(
    _ node: Node, _ key: String, _ range: ClosedRange<Int>
  ) throws(RunError) -> Int {
    let written = try text(node, key)
    guard let value = Int(written), range.contains(value) else {
      throw error(
        "'\(key)' is \(quoted(written))", at: node,
        remedy: "allowed: whole numbers \(range.lowerBound)..\(range.upperBound)")
    }
    return value
  }

  func truth(_ node: Node, _ key: String) throws(RunError) -> Bool {
    switch try text(node, key) {
    case "true": true
    case "false": false
    case let other:
      throw error("'\(key)' is \(quoted(other))", at: node, remedy: "allowed: true, false")
    }
  }

  func number(
    _ node: Node, _ key: String, _ range: ClosedRange<Double>, or alternative: String? = nil
  ) throws(RunError) -> Double {
    let written = try text(node, key)
    guard let value = decimalNumber(written), range.contains(value) else {
      let bounds = "\(compactDecimal(range.lowerBound))..\(compactDecimal(range.upperBound))"
      throw error(
        "'\(key)' is \(quoted(written))", at: node,
        remedy: "allowed: \(bounds)" + (alternative.map { " or \($0)" } ?? ""))
    }
    return value
  }

  private func setting(
    _ node: Node, _ description: Hyperparameter
  ) throws(RunError) -> SettingValue {
    let written = try text(node, description.key)
    guard let value = description.value(from: written) else {
      throw error(
        "'\(description.key)' is '\(written)'" + nearest(to: written, in: description), at: node,
        remedy: "allowed: \(description.allowed)")
    }
    return value
  }

  private func nearest(to written: String, in description: Hyperparameter) -> String {
    guard case .choice(_, let allowed) = description.kind else { return "" }
    return suggestion(for: written, among: allowed)
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String
  ) throws(RunError) -> Choice {
    let written = try text(node, key)
    guard let value = Choice(rawValue: written) else {
      let allowed = Choice.allCases.map(\.rawValue)
      throw error(
        "'\(key)' is \(quoted(written))" + suggestion(for: written, among: allowed), at: node,
        remedy: "allowed: " + allowed.joined(separator: ", "))
    }
    return value
  }
}

extension ScheduleConfiguration.Warmup {
  /// Reads `100` as steps and `10%` as a share; nil for anything else.
  package init?(text: String) {
    if text.hasSuffix("%") {
      guard let percent = decimalNumber(text.dropLast()), (0...100).contains(percent) else {
        return nil
      }
      self = .share(percent / 100)
    } else {
      guard let steps = Int(text), steps >= 0 else { return nil }
      self = .steps(steps)
    }
  }
}
