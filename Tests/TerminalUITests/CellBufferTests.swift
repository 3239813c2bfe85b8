import TerminalUI
import Testing

@Suite struct CellBufferTests {
  @Test(arguments: [(0, 0), (0, 5), (5, 0), (1, 1), (-3, 4)])
  func drawingOnTheSmallestBuffersHarmsNothing(width: Int, height: Int) {
    var buffer = CellBuffer(width: width, height: height)
    buffer.write("hello 界", x: -2, y: 0)
    buffer.fill(Rectangle(x: -5, y: -5, width: 50, height: 50), with: "#")
    buffer.box(Rectangle(x: 0, y: 0, width: 9, height: 9), title: "t", note: "n")
    buffer.highlight(Rectangle(x: 0, y: 0, width: 9, height: 9), background: .selection)
    #expect(buffer.cells.count == max(0, width) * max(0, height))
    #expect(
      buffer.plainText(keepingTrailingBlanks: true).count == buffer.cells.count + buffer.height)
  }

  @Test func textIsClippedToTheBufferAndToItsLimit() {
    var buffer = CellBuffer(width: 6, height: 2)
    #expect(buffer.write("abcdefgh", x: 2, y: 0) == 6)
    #expect(buffer.write("abcdefgh", x: 0, y: 1, limit: 3) == 3)
    #expect(buffer.plainText() == "  abcd\nabc\n")
  }

  @Test func textLeftOfTheEdgeShowsItsTail() {
    var buffer = CellBuffer(width: 4, height: 1)
    buffer.write("abcdef", x: -3, y: 0)
    #expect(buffer.row(0) == "def ")
  }

  @Test(arguments: [
    (0, "界é ", "界é "), (1, " 界é", " 界é"), (3, "   界", "    "), (-1, "界x", " x  "),
  ])
  func wideCharactersAreNeverHalved(x: Int, text: String, expected: String) {
    var buffer = CellBuffer(width: 4, height: 1)
    let trimmed = x > 0 ? String(text.dropFirst(x)) : text
    buffer.write(trimmed, x: x, y: 0)
    #expect(buffer.row(0).padded(to: 4) == expected)
    #expect(buffer.row(0).columns == 4)
  }

  @Test(arguments: [0, 1])
  func overwritingHalfOfAWideCharacterBlanksTheOther(half: Int) {
    var buffer = CellBuffer(width: 4, height: 1)
    buffer.write("界", x: 1, y: 0)
    buffer.write("x", x: 1 + half, y: 0)
    #expect(buffer.row(0) == (half == 0 ? " x  " : "  x "))
    #expect(buffer.cells.allSatisfy { !$0.isContinuation })
  }

  @Test(arguments: ["\u{1b}[31m", "\u{7}", "\u{9b}2J", "\n", "\u{0}", "\u{7f}", "\u{2028}"])
  func controlCharactersBecomeHarmless(text: String) {
    for tier in GlyphTier.allCases {
      var buffer = CellBuffer(width: 10, height: 2, glyphs: tier)
      buffer.write(text, x: 0, y: 0)
      let scalars = buffer.cells.map(\.scalar.value)
      #expect(scalars.allSatisfy { $0 >= 0x20 && $0 != 0x7f && !(0x80...0x9f).contains($0) })
      #expect(buffer.row(1) == "          ")
    }
  }

  @Test func combiningMarksTakeNoCell() {
    var buffer = CellBuffer(width: 4, height: 1)
    buffer.write("e\u{301}x", x: 0, y: 0)
    #expect(buffer.row(0) == "ex  ")
  }

  @Test func theASCIITierHoldsNothingElse() {
    var buffer = CellBuffer(width: 30, height: 4, glyphs: .ascii)
    buffer.box(buffer.bounds, title: "μ ± τ → 界 é", note: "Δ")
    buffer.write("─│┼█▏⣿·…✓≤\u{10ffff}", x: 1, y: 1)
    #expect(buffer.cells.allSatisfy { $0.scalar.value < 0x7f })
    #expect(buffer.row(1).hasPrefix("|-|+#|*..x<."))
  }

  @Test func boxesKeepTheTitleWhenTheNoteDoesNotFit() {
    var buffer = CellBuffer(width: 14, height: 3, glyphs: .ascii)
    let inside = buffer.box(buffer.bounds, title: "losses", note: "log-y")
    #expect(inside == Rectangle(x: 1, y: 1, width: 12, height: 1))
    #expect(buffer.plainText() == "+- losses ---+\n|            |\n+------------+\n")
  }

  @Test func pictureAsSVGEscapesItsTextAndKeepsItsColours() {
    var buffer = CellBuffer(width: 6, height: 1)
    buffer.write("a<&>", x: 0, y: 0, style: Style(.lane1))
    let svg = buffer.svg()
    #expect(svg.contains("a&lt;&amp;&gt;"))
    #expect(svg.contains("fill=\"#00afff\""))
    #expect(svg.hasSuffix("</svg>\n"))
  }

  @Test func randomDrawingKeepsEveryRowExactlyAsWideAsTheBuffer() {
    var random = SmallRandom(seed: 7)
    let pieces = ["a", "界", "é", "\u{301}", "🙂", "\u{1b}", "─", "⣿", "\t", "한글"]
    for _ in 0..<300 {
      let (width, height) = (random.below(12), random.below(5))
      var buffer = CellBuffer(width: width, height: height)
      for _ in 0..<20 {
        let text = (0..<random.below(6)).map { _ in pieces[random.below(pieces.count)] }.joined()
        let (x, y) = (random.below(16) - 4, random.below(7) - 1)
        buffer.write(text, x: x, y: y, limit: random.below(8))
      }
      for y in 0..<height { #expect(buffer.row(y).columns == width) }
      expectWholeWideCharacters(buffer)
    }
  }
}

/// Every continuation has its wide character on its left, and the other way round.
func expectWholeWideCharacters(_ buffer: CellBuffer) {
  for y in 0..<buffer.height {
    for x in 0..<buffer.width {
      let cell = buffer[x, y]
      let isWide = !cell.isContinuation && cell.scalar.columns == 2
      #expect(isWide == (x + 1 < buffer.width && buffer[x + 1, y].isContinuation))
    }
  }
}

/// A small linear congruential generator: the same sequence everywhere.
struct SmallRandom {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  /// In -1...1.
  mutating func unit() -> Double { Double(below(2_000_001) - 1_000_000) / 1_000_000 }
}
