import Foundation
import RunModel
import Studies
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct ReportTests {
  static let hostile = "<script>alert(1)</script>\"&'<img src=http://evil>"

  private func pages() throws -> [String] {
    let run = try RunComparisonTests.run(title: Self.hostile)
    let runs = ReportContent(try RunComparison([run]), margin: .usual, madeBy: "test")
    var plan = try StudyFixtures.plan()
    plan.configuration.title = Self.hostile
    let sweep = ReportContent(
      try SweepFindingsTests.findings(plan, divergingAbove: 0.05),
      configurationText: "title: '\(Self.hostile)'\n", name: Self.hostile, margin: .usual,
      madeBy: "test")
    return [ReportPage(runs).html, ReportPage(sweep).html]
  }

  @Test func isWellFormed() throws {
    for page in try pages() {
      let body = page.replacing("<!DOCTYPE html>\n", with: "")
      let parser = XMLParser(data: Data(body.utf8))
      #expect(
        parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") line \(parser.lineNumber)")
    }
  }

  @Test func fetchesNothing() throws {
    for page in try pages() {
      let hostileText = "http://evil"
      #expect(!page.replacing(hostileText, with: "").contains("http"))
      for needle in ["src=\"", "@import", "url(", "<script", "<img", "<iframe"] {
        #expect(!page.contains(needle), "\(needle)")
      }
      #expect(page.contains("href=\"data:,\""), "no request for an icon either")
    }
  }

  @Test func escapesWhatOthersWrote() throws {
    for page in try pages() {
      #expect(!page.contains("<script>alert"))
      #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;"))
    }
  }

  @Test func showsVerdictChecklistChartsConfigurationAndReplay() throws {
    for page in try pages() {
      #expect(page.contains("Nothing here speaks about larger models."))
      #expect(page.contains("at least 6 paired seeds"))
      #expect(page.components(separatedBy: "<svg").count - 1 >= 4)
      #expect(
        page.contains("magmascope train --preset") || page.contains("magmascope sweep --preset"))
      #expect(page.contains("name=\"viewport\"") && page.contains("prefers-color-scheme"))
    }
  }

  @Test func theReplayedGridReadsBackAsTheSame() throws {
    let page = try #require(try pages().last)
    let text = try #require(page.firstMatch(of: /--grid ([^ ]+)/)?.1)
    let grid = try GridAxis(parsing: String(text))
    let expected = try GridAxis(parsing: "lr=1e-3..1e-1:3")
    #expect(grid == expected)
  }
}
