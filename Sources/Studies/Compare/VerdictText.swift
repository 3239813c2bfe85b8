import Export
import RunModel
import Statistics

/// A verdict in words and tables.
package struct VerdictText {
  package var verdict: Verdict

  package init(_ verdict: Verdict) { self.verdict = verdict }

  package var title: String { "\(verdict.subject) against \(verdict.reference)" }

  /// Grade, figures, checklist and sentence for a terminal.
  package var plain: String {
    var lines = ["\(title): grade \(verdict.grade.rawValue), \(verdict.claim.words)"]
    lines += verdict.figures.map { name, value in
      "  " + name + String(repeating: " ", count: max(1, 24 - name.count)) + value
    }
    lines += verdict.checklist.checks.map { "  [\($0.status.mark)] \($0.item.title): \($0.detail)" }
    return (lines + [verdict.sentence]).joined(separator: "\n") + "\n"
  }

  package var markdown: String {
    let rows = verdict.figures.map { [$0.name, $0.value] }
    let figureTable = SummaryTable(
      caption: "", columns: [.init("figure", .left), .init("value", .left)], rows: rows)
    return """
      ## \(title)

      **Grade \(verdict.grade.rawValue)**, \(verdict.claim.words)

      \(verdict.sentence)

      \(figureTable.markdown)
      \(checklist.markdown)
      """
  }

  package var checklist: SummaryTable {
    SummaryTable(
      caption: "",
      columns: [.init("", .left), .init("check", .left), .init("found", .left)],
      rows: verdict.checklist.checks.map { [$0.status.mark, $0.item.title, $0.detail] })
  }
}
