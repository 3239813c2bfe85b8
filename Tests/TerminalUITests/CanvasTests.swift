import TerminalUI
import Testing

@Suite struct CanvasTests {
  private func picture(
    _ tier: GlyphTier, _ columns: Int, _ rows: Int, _ draw: (inout Canvas) -> Void
  ) -> String {
    var canvas = Canvas(columns: columns, rows: rows, glyphs: tier)
    draw(&canvas)
    var buffer = CellBuffer(width: columns, height: rows, glyphs: tier)
    canvas.draw(on: &buffer, x: 0, y: 0)
    return buffer.plainText()
  }

  @Test(arguments: [
    (0, 0, "⠁"), (1, 0, "⠈"), (0, 1, "⠂"), (1, 2, "⠠"), (0, 3, "⡀"), (1, 3, "⢀"),
  ])
  func brailleDotsSitWhereTheStandardPutsThem(x: Int, y: Int, glyph: String) {
    #expect(picture(.braille, 1, 1) { $0.point(x: x, y: y, pen: Pen(.lane1)) } == glyph + "\n")
  }

  @Test(arguments: [(0, 0, "▘"), (1, 0, "▝"), (0, 1, "▖"), (1, 1, "▗")])
  func quadrantsSitInTheirCorners(x: Int, y: Int, glyph: String) {
    #expect(picture(.block, 1, 1) { $0.point(x: x, y: y, pen: Pen(.lane1)) } == glyph + "\n")
  }

  @Test func diagonalsRunFromCornerToCornerInEveryTier() {
    let expected: [GlyphTier: String] = [
      .braille: "⠑⢄\n", .block: "▚\n ▚\n", .ascii: "a\n a\n  a\n",
    ]
    for (tier, size) in [(GlyphTier.braille, (2, 1)), (.block, (2, 2)), (.ascii, (3, 3))] {
      let drawn = picture(tier, size.0, size.1) { canvas in
        let (right, bottom) = (Double(canvas.width - 1), Double(canvas.height - 1))
        canvas.line(fromX: 0, y: 0, toX: right, y: bottom, pen: Pen(.lane1, letter: "a"))
      }
      #expect(drawn == expected[tier])
    }
  }

  @Test func linesThroughFarAwayPointsAreClippedNotDistorted() {
    let near = picture(.braille, 10, 4) {
      $0.line(fromX: 0, y: 8, toX: 19, y: 8, pen: Pen(.lane1))
    }
    let far = picture(.braille, 10, 4) {
      $0.line(fromX: -1e300, y: 8, toX: .infinity, y: 8, pen: Pen(.lane1))
    }
    #expect(near == far)
    #expect(near.contains("⠁⠁") || near.contains("⠉⠉"))
  }

  @Test(arguments: GlyphTier.allCases)
  func nothingOutsideNorBesideANumberIsEverDrawn(tier: GlyphTier) {
    let wild: [Double] = [.nan, .infinity, -.infinity, 1e300, -1e300, -1, 0, 5, 1e-300]
    for columns in 0..<3 {
      for rows in 0..<3 {
        var canvas = Canvas(columns: columns, rows: rows, glyphs: tier)
        for a in wild {
          for b in wild {
            canvas.line(fromX: a, y: b, toX: b, y: a, pen: Pen(.lane1))
            canvas.column(x: columns, from: a, to: b, pen: Pen(.lane2))
            canvas.column(x: 0, from: a, to: b, pen: Pen(.lane2))
          }
        }
        canvas.point(x: -1, y: 0, pen: Pen(.lane1))
        canvas.point(x: .max, y: .min, pen: Pen(.lane1))
        var buffer = CellBuffer(width: 4, height: 4, glyphs: tier)
        canvas.draw(on: &buffer, x: 1, y: 1)
        let inside = Rectangle(x: 1, y: 1, width: columns, height: rows)
        for y in 0..<4 {
          for x in 0..<4 where !inside.contains(x: x, y: y) {
            #expect(buffer[x, y] == .blank)
          }
        }
      }
    }
  }

  @Test func notANumberDrawsNothing() {
    let drawn = picture(.braille, 4, 2) {
      $0.line(fromX: .nan, y: 0, toX: 3, y: 3, pen: Pen(.lane1))
      $0.column(x: 1, from: .nan, to: 3, pen: Pen(.lane1))
    }
    #expect(drawn == "\n\n")
  }

  @Test(arguments: [(InkRule.latest, Role.lane2), (.most, .lane1)])
  func theInkRuleDecidesWhoColoursASharedCell(rule: InkRule, winner: Role) {
    var canvas = Canvas(columns: 1, rows: 1, glyphs: .braille, inkRule: rule)
    for y in 0..<3 { canvas.point(x: 0, y: y, pen: Pen(.lane1)) }
    canvas.point(x: 1, y: 0, pen: Pen(.lane2))
    var buffer = CellBuffer(width: 1, height: 1)
    canvas.draw(on: &buffer, x: 0, y: 0)
    #expect(buffer[0, 0].style.foreground == winner)
    #expect(buffer[0, 0].scalar == "⠏")
  }

  @Test func sparseFillsLetLinesThrough() {
    func dots(_ pattern: FillPattern) -> Int {
      let text = picture(.braille, 4, 2) { canvas in
        for x in 0..<8 { canvas.column(x: x, from: 0, to: 7, pen: Pen(.lane1), pattern: pattern) }
      }
      return text.unicodeScalars.reduce(0) {
        $0 + ($1.value >= 0x2800 ? ($1.value - 0x2800).nonzeroBitCount : 0)
      }
    }
    #expect(dots(.solid) == 64)
    #expect(dots(.half) == 32)
    #expect(dots(.sparse) == 16)
  }

  @Test func canvasKeepsTheBackgroundItIsDrawnOn() {
    var canvas = Canvas(columns: 2, rows: 1, glyphs: .braille)
    canvas.point(x: 0, y: 0, pen: Pen(.lane1))
    var buffer = CellBuffer(width: 2, height: 1)
    buffer.fill(buffer.bounds, style: Style(.standard, on: .selection))
    canvas.draw(on: &buffer, x: 0, y: 0)
    #expect(buffer[0, 0].style == Style(.lane1, on: .selection))
    #expect(buffer[1, 0] == Cell(" ", Style(.standard, on: .selection)))
  }
}
