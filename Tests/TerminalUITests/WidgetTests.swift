import TerminalUI
import Testing

@Suite struct WidgetTests {
  private func draw(
    _ widget: some Widget, _ width: Int, _ height: Int, _ tier: GlyphTier = .ascii
  ) -> String {
    var buffer = CellBuffer(width: width, height: height, glyphs: tier)
    buffer.draw(widget, in: buffer.bounds)
    return buffer.plainText()
  }

  private let table = Table(
    columns: [
      Table.Column("arm", priority: .max), Table.Column("lr", align: .right, priority: 1),
      Table.Column("val", align: .right, priority: 2),
    ],
    rows: [["a Adam", "3.0e-3", "1.842"], ["m Magma", "8.3e-4", "1.871"]], selected: 1)

  @Test func tablesAlignTheirColumns() {
    #expect(
      draw(table, 30, 3)
        == "arm         lr   val\na Adam  3.0e-3 1.842\nm Magma 8.3e-4 1.871\n")
  }

  @Test func tablesDropTheLeastImportantColumnFirst() {
    #expect(draw(table, 14, 3) == "arm       val\na Adam  1.842\nm Magma 1.871\n")
    #expect(draw(table, 5, 3) == "arm\na Ada\nm Mag\n")
  }

  @Test func longTablesKeepTheSelectedRowInView() {
    let rows = (0..<50).map { [TextLine("row \($0)")] }
    for selected in [0, 1, 25, 48, 49] {
      let long = Table(
        columns: [Table.Column("n")], rows: rows, selected: selected, showsHeader: false)
      #expect(draw(long, 10, 5).contains("row \(selected)\n"))
    }
  }

  @Test func hintsDropByPriorityAndKeepTheirOrder() {
    let hints = KeyHints([
      .init("SPC", "pause", priority: 2), .init("z", "zoom"), .init("?", "help", priority: 3),
      .init("q", "quit", priority: 9),
    ])
    #expect(draw(hints, 60, 1) == "SPC pause  z zoom  ? help  q quit\n")
    #expect(draw(hints, 27, 1) == "SPC pause  ? help  q quit\n")
    #expect(draw(hints, 6, 1) == "q quit\n")
    #expect(draw(hints, 5, 1) == "\n")
  }

  @Test func barsShowTheirValueAndWhereItWasExpected() {
    let rows = HistogramRows(
      [.init(".48", value: 2, expected: 4), .init(".5", value: 8, expected: 4)], maximum: 8)
    #expect(draw(rows, 12, 2) == ".48 ##  |\n .5 ####|###\n")
    #expect(draw(rows, 12, 2, .braille) == ".48 ██  ┃\n .5 ████┃███\n")
  }

  @Test(arguments: [Double.nan, .infinity, -1, 0, 1e308])
  func barsOfAnyValueStayInside(value: Double) {
    for width in 0..<8 {
      _ = draw(HistogramRows([.init("x", value: value, expected: value)]), width, 1)
      _ = draw(Gauge(value, label: "50%"), width, 1, .braille)
    }
    #expect(draw(Gauge(value == .infinity || value > 1 ? 1 : 0), 4, 1).count == 5)
  }

  @Test func eighthsOfACellAreDrawnWhereTheAlphabetHasThem() {
    #expect(draw(Gauge(0.5625), 2, 1, .braille) == "█▏\n")
    #expect(draw(Gauge(0.5), 4, 1) == "##..\n")
  }

  @Test func editingKeysEditAndOthersAreLeft() {
    var editor = TextEditor("adam")
    for key in [Key.home, .delete, .character("A"), .end, .character("W"), .left, .backspace] {
      let handled = editor.handle(key)
      #expect(handled)
    }
    #expect(editor.text == "AdaW" && editor.caret == 3)
    for key in [Key.enter, .tab, .control("c"), .escape] {
      let handled = editor.handle(key)
      #expect(!handled)
    }
    _ = editor.handle(.control("u"))
    #expect(editor.text == "W" && editor.caret == 0)
  }

  @Test func anyKeysKeepTheCaretWithinTheText() {
    var random = SmallRandom(seed: 2)
    let keys: [Key] = [
      .character("a"), .character("界"), .character("\u{301}"), .character(" "), .left, .right,
      .home, .end, .backspace, .delete, .control("w"), .control("k"), .control("u"),
    ]
    var editor = TextEditor()
    for _ in 0..<5_000 {
      _ = editor.handle(keys[random.below(keys.count)])
      #expect(editor.caret >= 0 && editor.caret <= editor.text.count)
      let area = Rectangle(x: 3, y: 0, width: 6, height: 1)
      let cursor = TextField(editor).cursor(in: area)
      #expect(cursor.map { area.contains(x: $0.x, y: $0.y) } == true)
    }
  }

  @Test func overlaysHideWhatIsBelowAndScroll() {
    var buffer = CellBuffer(width: 30, height: 5, glyphs: .ascii)
    buffer.fill(buffer.bounds, with: "#")
    let lines = (1...9).map { TextLine("line \($0)") }
    buffer.draw(Overlay(title: "help", lines: lines, offset: 2), in: buffer.bounds)
    #expect(
      buffer.plainText() == """
        ####+- help  Esc close -+#####
        ####| line 3          ^ |#####
        ####| line 4            |#####
        ####| line 5          v |#####
        ####+-------------------+#####

        """)
  }

  @Test(arguments: [(0, 0), (1, 1), (6, 1), (20, 2), (39, 11)])
  func theMessageForSmallWindowsFitsAnySize(width: Int, height: Int) {
    let text = draw(TooSmall(minimum: Size(width: 40, height: 12)), width, height)
    if width >= 6 && height >= 1 { #expect(text.contains("q quit")) }
  }
}
