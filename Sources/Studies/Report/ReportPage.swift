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
    if let appendix = content.appendix { sections += appendixSections(appendix) }
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

  // MARK: The appendix

  private func appendixSections(_ appendix: ReportAppendix) -> [String] {
    let machines =
      appendix.machines.isEmpty ? [] : ["machines: " + appendix.machines.joined(separator: "; ")]
    let facts = ([content.costLine] + machines).filter { !$0.isEmpty }
    var sections = [
      """
      <section><h2>Methods</h2>
      \(HTML.element("p", appendix.methods))
      \(facts.map { HTML.element("p", $0, [("class", "soft")]) }.joined(separator: "\n"))
      \(HTML.table(appendix.perSeed))
      </section>
      """,
      "<section><h2>For a paper</h2>\n"
        + Self.folded(
          "Tables in LaTeX (booktabs)", tables(appendix).map(\.latex).joined(separator: "\n"))
        + Self.folded(
          "Tables in Markdown", tables(appendix).map(\.markdown).joined(separator: "\n"))
        + Self.folded("BibTeX", content.bibliography) + "</section>",
    ]
    if !appendix.claims.isEmpty { sections.append(Self.ledger(appendix.claims)) }
    return sections
  }

  private func tables(_ appendix: ReportAppendix) -> [SummaryTable] {
    content.verdicts.map { verdict in
      var table = verdict.figureTable
      table.caption = VerdictText(verdict).title
      return table
    } + content.tables + [appendix.perSeed]
  }

  private static func folded(_ title: String, _ text: String) -> String {
    guard !text.isEmpty else { return "" }
    return """
      <details>\(HTML.element("summary", title))
      <pre aria-label="\(HTML.escaped(title))" tabindex="0">\(HTML.escaped(text))</pre></details>

      """
  }

  /// What is claimed elsewhere, with this report's verdicts beside it where its arms are the claim's.
  private static func ledger(_ claims: [ReportAppendix.Claim]) -> String {
    let entries = claims.sorted { !$0.own.isEmpty && $1.own.isEmpty }.map { claim in
      let own = claim.own.map { HTML.element("p", "Here: " + $0, [("class", "sentence")]) }
      return """
        <details\(claim.own.isEmpty ? "" : " open=\"open\"")>\(HTML.element("summary", claim.text))
        \(HTML.element("p", "By: " + claim.by, [("class", "soft")]))
        \(own.isEmpty ? HTML.element("p", "Not tested by these arms.", [("class", "soft")]) : own.joined())
        \(HTML.element("p", "Limit: " + claim.limit, [("class", "soft")]))
        </details>
        """
    }
    return """
      <section><h2>Ledger of claims</h2>
      <p>What is claimed about masked updates, by whom, and what was seen here, at this size. Nothing is \
      called true or false.</p>
      \(entries.joined(separator: "\n"))
      </section>
      """
  }
}
