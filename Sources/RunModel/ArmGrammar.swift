/// Reads arm specifications against a catalog: unknown names and keys are answered with the nearest.
package struct ArmGrammar: Sendable {
  package var catalog: OptimizerCatalog

  package init(catalog: OptimizerCatalog) {
    self.catalog = catalog
  }

  /// Parses `text`; throws `ArmError` naming the part that is wrong and what may stand there.
  package func parse(_ text: String) throws(ArmError) -> ArmSpecification {
    let trimmed = text.filter { !$0.isWhitespace }
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
    return ArmSpecification(
      text: trimmed, base: parts.base, wrapper: parts.wrapper, isMatched: parts.isMatched,
      values: values, writtenKeys: written,
      momentum: catalog.base(parts.base)?.momentum)
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
    var written: [String] = []
    for part in tail.split(separator: ",", omittingEmptySubsequences: false) {
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
      guard !written.contains(key) else {
        throw ArmError(arm: arm, problem: "sets '\(key)' twice", remedy: "keep one of them")
      }
      guard let value = setting.value(from: String(pair[1])) else {
        throw ArmError(
          arm: arm, problem: "has \(key)=\(quoted(String(pair[1])))", remedy: "allowed: \(setting.allowed)")
      }
      values[key] = value
      written.append(key)
    }
    return written
  }

  private func unknown(
    _ what: String, _ name: String, among candidates: [String], arm: String
  ) -> ArmError {
    ArmError(
      arm: arm,
      problem: "names an unknown \(what) \(quoted(name))" + suggestion(for: name, among: candidates),
      remedy: "known: " + candidates.joined(separator: ", "))
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
