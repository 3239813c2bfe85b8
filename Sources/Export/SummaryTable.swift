import Charts
import RunModel

/// A small table of results for a paper or a README.
package struct SummaryTable: Sendable, Equatable {
  package enum Alignment: Sendable, Equatable { case left, right }

  package struct Column: Sendable, Equatable {
    package var title: String
    package var alignment: Alignment

    package init(_ title: String, _ alignment: Alignment = .right) {
      (self.title, self.alignment) = (title, alignment)
    }
  }

  package var caption: String
  package var columns: [Column]
  /// Each row has one text per column.
  package var rows: [[String]]

  /// Rows must be as long as `columns`.
  package init(caption: String, columns: [Column], rows: [[String]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "every row needs every column")
    (self.caption, self.columns, self.rows) = (caption, columns, rows)
  }

  /// A GitHub-flavoured Markdown table, columns padded to one width so it reads as plain text too.
  package var markdown: String {
    let cells = ([columns.map(\.title)] + rows).map { $0.map(Self.escapedForMarkdown) }
    let widths = columns.indices.map { column in
      max(3, cells.map { $0[column].count }.max() ?? 0)
    }
    var lines = cells.map { row in
      "| "
        + columns.indices.map { padded(row[$0], widths[$0], columns[$0].alignment) }
        .joined(separator: " | ") + " |"
    }
    let rule = columns.indices.map { column in
      columns[column].alignment == .left
        ? String(repeating: "-", count: widths[column])
        : String(repeating: "-", count: widths[column] - 1) + ":"
    }
    lines.insert("| " + rule.joined(separator: " | ") + " |", at: 1)
    let title = caption.isEmpty ? "" : Self.escapedForMarkdown(caption) + "\n\n"
    return title + lines.joined(separator: "\n") + "\n"
  }

  /// A LaTeX `table` with booktabs rules.
  package var latex: String {
    let layout = columns.map { $0.alignment == .left ? "l" : "r" }.joined()
    let line = { (cells: [String]) in
      "    " + cells.map(Self.escapedForLaTeX).joined(separator: " & ") + " \\\\"
    }
    var lines = ["\\begin{table}", "  \\centering"]
    if !caption.isEmpty { lines.append("  \\caption{\(Self.escapedForLaTeX(caption))}") }
    lines += ["  \\begin{tabular}{\(layout)}", "    \\toprule", line(columns.map(\.title))]
    lines += ["    \\midrule"] + rows.map(line)
    lines += ["    \\bottomrule", "  \\end{tabular}", "\\end{table}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func padded(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + blanks : blanks + text
  }

  private static func escapedForMarkdown(_ text: String) -> String {
    visible(text).unicodeScalars.reduce(into: "") { result, scalar in
      if scalar == "|" || scalar == "\\" { result.append("\\") }
      result.unicodeScalars.append(scalar)
    }
  }

  private static func escapedForLaTeX(_ text: String) -> String {
    visible(text).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&", "%", "$", "#", "_", "{", "}": result += "\\" + String(scalar)
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "±": result += "$\\pm$"
      case "−": result += "$-$"
      case _: result.unicodeScalars.append(scalar)
      }
    }
  }
}

extension SummaryTable {
  /// The closing record of every arm and seed: final losses, rates and cost.
  ///
  /// Arms without a closing record yet are shown at their last one.
  package static func results(
    _ records: [EvaluationRecord], caption: String = ""
  ) -> SummaryTable {
    var keys: [[String]] = []
    var latest: [[String]: EvaluationRecord] = [:]
    for record in records {
      let key = [record.arm, String(record.seed)]
      if latest[key] == nil { keys.append(key) }
      latest[key] = record
    }
    let columns = [
      Column("arm", .left), Column("seed"), Column("step"), Column("train"), Column("validation"),
      Column("lr"), Column("effective lr"), Column("mask rate"), Column("CPU s"),
    ]
    return SummaryTable(
      caption: caption, columns: columns, rows: keys.compactMap { latest[$0].map(row) })
  }

  private static func row(_ record: EvaluationRecord) -> [String] {
    let fixed = { (value: Double?, decimals: Int) in
      value.map { NumberFormat.fixed($0, decimals: decimals) } ?? "-"
    }
    let validation = record.diverged.map { "diverged at \($0)" } ?? fixed(record.validationLoss, 4)
    return [
      record.arm, String(record.seed), String(record.step), fixed(record.trainLoss, 4), validation,
      NumberFormat.scientific(record.learningRate),
      record.effectiveLearningRate.map { NumberFormat.scientific($0) } ?? "-",
      fixed(record.maskRate, 3), fixed(record.cpuSeconds, 1),
    ]
  }
}
