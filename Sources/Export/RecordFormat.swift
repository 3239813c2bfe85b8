import RunModel

/// The text formats of evaluation records: one line per record, ending in a newline.
package enum RecordFormat: String, CaseIterable, Sendable {
  case plain, jsonl, csv

  /// What comes before the first record; empty except for CSV, whose first line names the columns.
  package var header: String {
    switch self {
    case .plain, .jsonl: ""
    case .csv: CSV.line(EvaluationColumns.always + EvaluationColumns.occasional)
    }
  }

  /// `record` as one line.
  package func line(_ record: EvaluationRecord) -> String {
    switch self {
    case .plain: KeyValueLine.line(EvaluationColumns.fields(of: record))
    case .jsonl: JSONLines.line(EvaluationColumns.fields(of: record))
    case .csv: CSV.line(EvaluationColumns.values(of: record).map(CSV.text))
    }
  }

  /// All of `records` with the header.
  package func document(_ records: some Sequence<EvaluationRecord>) -> String {
    records.reduce(into: header) { $0 += line($1) }
  }
}

/// Comma-separated values as RFC 4180 has them: lines end in CR LF, quotes are doubled.
package enum CSV {
  /// One line of `fields`, quoted where they must be; control characters become visible escapes.
  package static func line(_ fields: [String]) -> String {
    fields.map { quoted(visible($0, keepingLines: true)) }.joined(separator: ",") + "\r\n"
  }

  /// A missing value is an empty field.
  static func text(_ value: RecordValue) -> String {
    switch value {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .unsigned(let unsigned): String(unsigned)
    case .number(let number): number.description
    case .flag(let flag): flag ? "true" : "false"
    case .missing: ""
    }
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains {
      $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
    }
    guard needsQuotes else { return field }
    var result = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}

/// One JSON object per line, members in the given order, numbers as short as they can be exactly.
package enum JSONLines {
  package static func line(_ fields: [(name: String, value: RecordValue)]) -> String {
    let members = fields.map { string($0.name) + ":" + text($0.value) }
    return "{" + members.joined(separator: ",") + "}\n"
  }

  /// A missing value is `null`.
  static func text(_ value: RecordValue) -> String {
    switch value {
    case .text(let text): string(text)
    case .integer, .unsigned, .number, .flag: CSV.text(value)
    case .missing: "null"
    }
  }

  /// `text` as a JSON string, quotes and whatever a terminal could obey escaped (RFC 8259).
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isDangerous:
        for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
          let digits = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      case _: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// `key=value` pairs separated by single blanks; texts with blanks or quotes become JSON strings.
package enum KeyValueLine {
  package static func line(_ fields: [(name: String, value: RecordValue)]) -> String {
    fields.map { $0.name + "=" + text($0.value) }.joined(separator: " ") + "\n"
  }

  private static func text(_ value: RecordValue) -> String {
    guard case .text(let text) = value else { return JSONLines.text(value) }
    let isBare = text.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0 != "\"" && !$0.isDangerous
    }
    return isBare && !text.isEmpty ? text : JSONLines.string(text)
  }
}
