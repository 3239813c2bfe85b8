import Charts
import Export
import RunModel
import Statistics

/// Lays a report out as one self-contained HTML page that is well-formed XML as well.
package struct ReportPage {
  package var content: ReportContent

  package init(_ content: ReportContent) { self.content = content }

  /// The page; the same content always gives the same bytes.
  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="generator" content="magmascope"/>
    \(HTML.element("title", content.title))
    <link rel="icon" href="data:,"/>
    <style>
    \(ReportStyle.sheet)
    </style>
    </head>
    <body>
    \(header)
    <main>
    \(sections.joined(separator: "\n"))
    </main>
    <footer>\(HTML.element("p", content.madeBy, [("class", "soft")]))</footer>
    </body>
    </html>

    """
  }

  private var header: String {
    let about = content.about.isEmpty ? "" : HTML.element("p", content.about)
    return """
      <header>
      \(HTML.element("h1", content.title))
      \(HTML.element("p", content.facts, [("class", "soft")]))
      \(about)
      </header>
      """
  }

  private var sections: [String] {
    var sections = content.verdicts.map(Self.verdict)
    if sections.isEmpty { sections.append("<p>No two arms to judge.</p>") }
    if !content.costLine.isEmpty {
      sections.append(HTML.element("p", content.costLine, [("class", "soft")]))
    }
    sections.append(charts)
    sections.append("<section><h2>Figures</h2>\n\(tables)\n</section>")
    sections.append(sources)
    return sections
  }

  private static func verdict(_ verdict: Verdict) -> String {
    let text = VerdictText(verdict)
    let checks = verdict.checklist.checks.map { check in
      "<li class=\"\(check.status.rawValue)\"><b>\(check.status.rawValue)</b>"
        + HTML.escaped("\(check.item.title): \(check.detail)") + "</li>"
    }
    return """
      <section class="verdict" aria-label="\(HTML.escaped("Verdict: " + text.title))">
      \(HTML.element("h2", text.title))
      <p>\(HTML.element("span", "Grade \(verdict.grade.rawValue)", [("class", "grade")])) \
      \(HTML.element("strong", verdict.words))</p>
      \(HTML.element("p", verdict.sentence, [("class", "sentence")]))
      <div class="columns">
      <div>\(verdict.figures.isEmpty ? "" : HTML.table(verdict.figureTable))</div>
      <ul class="checks" aria-label="Checklist">
      \(checks.joined(separator: "\n"))
      </ul>
      </div>
      </section>
      """
  }

  private var charts: String {
    let figures = content.charts.map { caption, scene in
      // Inline SVG needs no namespace, and without one nothing here looks like an address.
      let picture = SVGChart(width: 480, height: 340).render(scene)
        .replacing(" xmlns=\"http://www.w3.org/2000/svg\"", with: "")
      return "<figure>\n\(picture)\(HTML.element("figcaption", caption))</figure>"
    }
    guard !figures.isEmpty else { return "" }
    return """
      <section><h2>Charts</h2>
      <div class="charts">
      \(figures.joined(separator: "\n"))
      </div></section>
      """
  }

  private var tables: String {
    content.tables.map(HTML.table).joined(separator: "\n")
  }

  private var sources: String {
    let parts = content.sources.map { source in
      """
      <h3>\(HTML.escaped(source.name))</h3>
      <p>To run it again, save the configuration as <code>run.yaml</code> and type:</p>
      <pre aria-label="Command line" tabindex="0">\(HTML.escaped(source.command))</pre>
      <pre aria-label="Configuration" tabindex="0">\(HTML.escaped(source.configuration))</pre>
      """
    }
    return "<section><h2>Exact configuration</h2>\n\(parts.joined(separator: "\n"))\n</section>"
  }
}
