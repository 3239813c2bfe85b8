import RunModel
import Testing

@Suite("Text of others made visible")
struct VisibleTextTests {
  @Test(arguments: [
    ("plain text", "plain text"), ("Größe 日本 e\u{301}", "Größe 日本 e\u{301}"),
    ("\u{1b}[2J", "\\x1b[2J"), ("a\u{0}b", "a\\x00b"), ("\u{7f}", "\\x7f"),
    ("\u{9b}31m", "\\x9b31m"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"), ("a\r\nb", "a\\r\\nb"),
    ("\u{202e}abc\u{2069}", "\\u{202e}abc\\u{2069}"), ("x\u{2028}y", "x\\u{2028}y"),
    ("\u{fffe}\u{e0041}", "\\u{fffe}\\u{e0041}"), ("\u{200f}\u{61c}", "\\u{200f}\\u{061c}"),
  ])
  func escapesWhatATerminalCouldObey(_ text: String, _ shown: String) {
    #expect(visible(text) == shown)
    #expect(visible(visible(text)) == shown)
  }

  @Test func linesStandWhereTheyAreWanted() {
    #expect(visible("a\nb\tc\r\nd\re\u{1b}", keepingLines: true) == "a\nb\tc\r\nd\\re\\x1b")
  }

  @Test(
    arguments: [
      ([0x41, 0xff, 0x42], "A\\xffB"), ([0xe2, 0x28, 0xa1], "\\xe2(\\xa1"),
      ([0xc3, 0xbc, 0xc2, 0x9b], "ü\\x9b"), ([0x41, 0xf0, 0x9f, 0x98], "A\\xf0\\x9f\\x98"),
      ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"), ([], ""),
    ] as [([UInt8], String)])
  func bytesThatAreNoTextBecomeNumbers(_ bytes: [UInt8], _ shown: String) {
    #expect(visible(bytes: bytes) == shown)
  }

  @Test func everyByteValueIsHarmlessAfterwards() {
    let shown = visible(bytes: (0...255).map { UInt8($0) })
    #expect(shown.unicodeScalars.allSatisfy { !$0.isDangerous })
  }

  @Test func quotedValuesAreShortAndVisible() {
    #expect(quoted("adm") == "'adm'")
    #expect(quoted("\u{1b}") == "'\\x1b'")
    let long = quoted(String(repeating: "x", count: 100_000))
    #expect(
      long.count < 100 && long.hasSuffix("… ' (100000 characters)".replacing(" '", with: "'")))
  }

  @Test func errorsCarryNoEscapes() {
    let error = RunError(.input, "has no 'a\u{1b}]0;x\u{7}'", place: "run/\u{9b}\n", remedy: "no")
    #expect(error.description.unicodeScalars.allSatisfy { !$0.isDangerous })
    #expect(error.description.hasPrefix("run/\\x9b\\n: "))
  }
}
