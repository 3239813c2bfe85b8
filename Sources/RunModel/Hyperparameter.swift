import Expressions

/// One tunable setting of an optimizer: its key, meaning, default and what it may be.
///
/// The arm grammar, command-line help, set-up form, tuning keys, preset schema and the shared test
/// battery are all derived from these descriptions.
package struct Hyperparameter: Sendable, Codable, Hashable {
  package enum Kind: Sendable, Codable, Hashable {
    /// A real number in `range`; `scale` says how a nudge moves through it.
    case number(default: Double, range: ClosedRange<Double>, scale: Scale)
    case integer(default: Int, range: ClosedRange<Int>)
    case flag(default: Bool)
    case choice(default: String, allowed: [String])
    /// Free text, such as a glob over block names.
    case pattern(default: String)
  }

  package enum Scale: String, Sendable, Codable, Hashable {
    case linear, logarithmic
    /// The share of an average that is kept: felt through its distance from 1.
    case retention
  }

  package var key: String
  package var summary: String
  package var kind: Kind
  /// Whether the value may be changed while a run trains, at a step boundary.
  package var isLive: Bool
  /// Words that may stand in place of a number: `s0=first`.
  package var words: [String]
  /// The setting that this is another way to write: `keep` is 1 − `mask`.
  package var twin: String?
  /// Whether the text is a formula over `RuleName`s.
  package var isRule: Bool
  /// The word that is the default in place of the number.
  package var defaultWord: String?

  package init(
    _ key: String, _ summary: String, _ kind: Kind, isLive: Bool = false, words: [String] = [],
    twin: String? = nil, isRule: Bool = false, defaultWord: String? = nil
  ) {
    self.key = key
    self.summary = summary
    self.kind = kind
    self.isLive = isLive
    self.words = words
    self.twin = twin
    self.isRule = isRule
    self.defaultWord = defaultWord
  }

  package var defaultValue: SettingValue {
    defaultWord.map(SettingValue.text) ?? defaultOfKind
  }

  private var defaultOfKind: SettingValue {
    switch kind {
    case .number(let value, _, _): .number(value)
    case .integer(let value, _): .number(Double(value))
    case .flag(let value): .flag(value)
    case .choice(let value, _): .text(value)
    case .pattern(let value): .text(value)
    }
  }

  /// What may be written for this setting, in words: `0..1`, `true or false`, `none, keep, score`.
  package var allowed: String { ([allowedByKind] + words).joined(separator: " or ") }

  private var allowedByKind: String {
    switch kind {
    case .number(_, let range, _):
      "\(compactDecimal(range.lowerBound))..\(compactDecimal(range.upperBound))"
    case .integer(_, let range): "whole number \(range.lowerBound)..\(range.upperBound)"
    case .flag: "true or false"
    case .choice(_, let allowed): allowed.joined(separator: ", ")
    case .pattern where isRule:
      "a formula over " + RuleName.allCases.map(\.rawValue).joined(separator: " ")
    case .pattern: "a name pattern, * matches any characters"
    }
  }

  /// Reads `text` as a value of this setting; nil when it is of the wrong type or out of range.
  package func value(from text: String) -> SettingValue? {
    if words.contains(text) { return .text(text) }
    switch kind {
    case .number(_, let range, _):
      guard let number = decimalNumber(text), range.contains(number) else { return nil }
      return .number(number)
    case .integer(_, let range):
      guard let number = Int(text), range.contains(number) else { return nil }
      return .number(Double(number))
    case .flag:
      switch text {
      case "true", "yes", "on", "1": return .flag(true)
      case "false", "no", "off", "0": return .flag(false)
      default: return nil
      }
    case .choice(_, let allowed): return allowed.contains(text) ? .text(text) : nil
    case .pattern where isRule: return problem(of: text) == nil ? .text(text) : nil
    case .pattern: return text.isEmpty ? nil : .text(text)
    }
  }

  /// What is wrong with a formula, and where; nil when it can be read or none is wanted.
  package func problem(of text: String) -> ExpressionError? {
    guard isRule else { return nil }
    do throws(ExpressionError) {
      _ = try MaskRule(text)
      return nil
    } catch {
      return error
    }
  }
}
