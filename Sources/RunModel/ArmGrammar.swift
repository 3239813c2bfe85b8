/// Reads arm specifications against a catalog: unknown names and keys are answered with the nearest.
package struct ArmGrammar: Sendable {
  package var catalog: OptimizerCatalog

  package init(catalog: OptimizerCatalog) {
    self.catalog = catalog
  }

  /// Parses `text`; throws `ArmError` naming the part that is wrong and what may stand there.
  package func parse(_ text: String) throws(ArmError) -> ArmSpecification {
    let trimmed = ArmText.withoutSpaces(text)
    guard !trimmed.isEmpty else {
      throw ArmError(arm: text, problem: "is empty", remedy: "write for example adam:lr=1e-3")
    }
    let (head, tail) = splitSettings(trimmed)
    let names = try nest(of: head, in: text)
    let parts = try resolve(names, in: text)
    let settings = catalog.settings(base: parts.base, wrapper: parts.wrapper)
    var values: [String: SettingValue] = [:]
    for setting in settings { values[setting.key] = setting.defaultValue }
    let written = try read(tail, settings: settings, into: &values, arm: text)
    var arm = ArmSpecification(
      text: trimmed, base: parts.base, wrapper: parts.wrapper, isMatched: parts.isMatched,
      values: values, writtenKeys: written, momentum: catalog.base(parts.base)?.momentum)
    for key in written { if let value = values[key] { arm.put(key, value) } }
    return arm
  }

  /// Splits at the first colon outside parentheses.
  private func splitSettings(_ text: String) -> (head: String, tail: String?) {
    var depth = 0
    for index in text.indices {
      switch text[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case ":" where depth == 0:
        return (String(text[..<index]), String(text[text.index(after: index)...]))
      default: continue
      }
    }
    return (text, nil)
  }

  /// `matched(magma(adam))` → `["matched", "magma", "adam"]`.
  private func nest(of head: String, in arm: String) throws(ArmError) -> [String] {
    var rest = Substring(head)
    var names: [String] = []
    while let open = rest.firstIndex(of: "(") {
      guard rest.last == ")" else {
        throw ArmError(
          arm: arm, problem: "has unbalanced parentheses",
          remedy: "write wrapper(base):key=value, settings after the last parenthesis")
      }
      names.append(String(rest[..<open]))
      rest = rest[rest.index(after: open)..<rest.index(before: rest.endIndex)]
    }
    guard !rest.contains(")"), !rest.contains(":") else {
      throw ArmError(
        arm: arm, problem: "is not of the form wrapper(base):key=value",
        remedy: "write settings once, after the last parenthesis")
    }
    names.append(String(rest))
    return names
  }

  private func resolve(
    _ names: [String], in arm: String
  ) throws(ArmError) -> (base: String, wrapper: String?, isMatched: Bool) {
    var rest = names[...]
    let isMatched = rest.first == "matched"
    if isMatched { rest = rest.dropFirst() }
    guard let base = rest.last, rest.count <= 2 else {
      throw ArmError(
        arm: arm, problem: "nests too deeply",
        remedy: "write base, wrapper(base) or matched(wrapper(base))")
    }
    let wrapper = rest.count == 2 ? rest.first : nil
    if isMatched, wrapper == nil {
      throw ArmError(
        arm: arm, problem: "has nothing to match",
        remedy: "write matched(wrapper(base)), for example matched(magma(adam))")
    }
    if let wrapper, catalog.wrapper(wrapper) == nil {
      throw unknown("wrapper", wrapper, among: catalog.wrappers.map(\.name), arm: arm)
    }
    if catalog.base(base) == nil {
      if catalog.wrapper(base) != nil {
        throw ArmError(
          arm: arm, problem: "needs a base inside '\(base)'", remedy: "write \(base)(adam)")
      }
      throw unknown("optimizer", base, among: catalog.bases.map(\.name), arm: arm)
    }
    return (base, wrapper, isMatched)
  }

  private func read(
    _ tail: String?, settings: [Hyperparameter], into values: inout [String: SettingValue],
    arm: String
  ) throws(ArmError) -> [String] {
    guard let tail else { return [] }
    var keys: [String] = []
    for part in ArmText.parts(of: tail) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else {
        throw ArmError(
          arm: arm, problem: "has \(quoted(String(part))) where key=value is wanted",
          remedy: "keys are " + settings.map(\.key).joined(separator: ", "))
      }
      let key = String(pair[0])
      guard let setting = settings.first(where: { $0.key == key }) else {
        throw unknown("key", key, among: settings.map(\.key), arm: arm)
      }
      guard !keys.contains(key) else {
        throw ArmError(arm: arm, problem: "sets '\(key)' twice", remedy: "keep one of them")
      }
      if let twin = settings.first(where: { $0.twin == key })?.key ?? setting.twin,
        keys.contains(twin)
      {
        throw ArmError(
          arm: arm, problem: "sets both '\(twin)' and '\(key)', which say the same",
          remedy: "keep one of them")
      }
      let written = ArmText.unquoted(String(pair[1]))
      if let mistake = setting.problem(of: written) {
        throw ArmError(
          arm: arm, problem: "has \(key)='\(written)': \(mistake)",
          remedy: "allowed: \(setting.allowed)")
      }
      guard let value = setting.value(from: written) else {
        throw ArmError(
          arm: arm, problem: "has \(key)=\(quoted(String(pair[1])))",
          remedy: "allowed: \(setting.allowed)"
            + (key == "keep" ? "; a formula belongs to a rule: rule(adam):keep='…',scale=s" : ""))
      }
      values[key] = value
      keys.append(key)
    }
    return keys
  }

  private func unknown(
    _ what: String, _ name: String, among candidates: [String], arm: String
  ) -> ArmError {
    ArmError(
      arm: arm,
      problem: "names an unknown \(what) \(quoted(name))"
        + suggestion(for: name, among: candidates),
      remedy: "known: " + candidates.joined(separator: ", "))
  }
}

/// The text of an arm, in which quotes and parentheses hold formulas together.
enum ArmText {
  /// Spaces mean nothing, except between the words of a quoted formula.
  static func withoutSpaces(_ text: String) -> String {
    var quote: Character?
    var kept = ""
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      }
      if quote != nil || !character.isWhitespace { kept.append(character) }
    }
    return kept
  }

  /// Cuts settings at the commas that stand outside of quotes and parentheses.
  static func parts(of text: String) -> [Substring] {
    var parts: [Substring] = []
    var (start, depth, quote) = (text.startIndex, 0, Character?.none)
    for index in text.indices {
      switch text[index] {
      case let character where quote != nil: if character == quote { quote = nil }
      case "'", "\"": quote = text[index]
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth == 0:
        parts.append(text[start..<index])
        start = text.index(after: index)
      default: continue
      }
    }
    return parts + [text[start...]]
  }

  /// A value without the quotes around it.
  static func unquoted(_ value: String) -> String {
    guard value.count > 1, let first = value.first, first == "'" || first == "\"",
      value.last == first
    else { return value }
    return String(value.dropFirst().dropLast())
  }

  /// A value as it has to be written between commas.
  static func quoted(_ value: String) -> String {
    let needsQuotes = value.contains { $0 == "," || $0 == "=" || $0 == "'" || $0.isWhitespace }
    return needsQuotes ? "'\(value)'" : value
  }
}

/// A mistake in an arm specification: what is wrong and what to write instead.
package struct ArmError: Error, Equatable, CustomStringConvertible {
  package var arm: String
  package var problem: String
  package var remedy: String

  package init(arm: String, problem: String, remedy: String) {
    self.arm = arm
    self.problem = problem
    self.remedy = remedy
  }

  package var description: String { "arm \(quoted(arm)) \(problem); \(remedy)" }
}
