import TerminalUI
import Testing

struct ClipboardTests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func textsAreWrappedInBase64(_ text: String, _ digits: String) {
    #expect(
      Clipboard.sequence(text) == Array("\u{1B}]52;c;\(digits)\u{07}".utf8))
  }
}
