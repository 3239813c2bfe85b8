import Export
import RunModel

/// Pieces of an HTML page; everything that is text is escaped here and nowhere else.
enum HTML {
  static func escaped(_ text: String) -> String {
    visible(text, keepingLines: true).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// `<tag attributes>text</tag>`, the text and the attributes' values escaped.
  static func element(
    _ tag: String, _ text: String, _ attributes: [(name: String, value: String)] = []
  ) -> String {
    let list = attributes.map { " \($0.name)=\"\(escaped($0.value))\"" }.joined()
    return "<\(tag)\(list)>\(escaped(text))</\(tag)>"
  }

  /// A table that scrolls by itself on a narrow screen; the first column heads its rows.
  static func table(_ table: SummaryTable) -> String {
    let caption = table.caption.isEmpty ? "" : element("caption", table.caption)
    let head = table.columns.map { column in
      element("th", column.title, alignment(column) + [("scope", "col")])
    }.joined()
    let body = table.rows.map { row in
      let cells = row.indices.map { column in
        let text = row[column]
        return column == 0
          ? element("th", text, alignment(table.columns[0]) + [("scope", "row")])
          : element("td", text, alignment(table.columns[column]))
      }
      return "<tr>\(cells.joined())</tr>"
    }.joined(separator: "\n")
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(label(of: table))"><table>\(caption)
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)
      </tbody></table></div>
      """
  }

  private static func label(of table: SummaryTable) -> String {
    escaped(table.caption.isEmpty ? "table" : table.caption)
  }

  private static func alignment(
    _ column: SummaryTable.Column
  ) -> [(name: String, value: String)] {
    column.alignment == .right ? [("class", "number")] : []
  }
}
