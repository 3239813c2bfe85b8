import TerminalUI
import Testing

struct BackgroundReplyTests {
  private static let answer = "\u{1b}]11;rgb:ffff/fafa/f0f0"
  private static let endings = ["\u{7}", "\u{1b}\\"]

  private func codes(_ text: some StringProtocol) -> [RawInput] {
    text.unicodeScalars.map { .code($0.value) }
  }

  private func asked() -> BackgroundReply {
    var reply = BackgroundReply()
    reply.asked(at: 0)
    return reply
  }

  @Test(arguments: endings)
  func isTakenOutBetweenKeysWhereverItIsSplit(ending: String) {
    let answer = codes(Self.answer + ending)
    for first in 0...answer.count {
      for second in first...answer.count {
        var reply = asked()
        var rest = reply.take(codes("ab") + answer[..<first], at: 1_000_000)
        rest += reply.take(Array(answer[first..<second]), at: 2_000_000)
        rest += reply.take(answer[second...] + codes("]1"), at: 3_000_000)
        #expect(rest == codes("ab]1"), "\(first) \(second)")
        #expect(reply.color?.isLight == true && reply.deadline == nil)
      }
    }
  }

  @Test(arguments: endings)
  func isTakenOutByteByByteWithLongPausesEvenLate(ending: String) {
    for (pause, start) in [(1_000_000, 0), (100_000_000, 0), (100_000_000, 60_000_000_000)] {
      var reply = asked()
      reply.overtaken()
      var rest: [RawInput] = []
      var now = Int64(start)
      for code in codes(Self.answer + ending) {
        rest += reply.take([code], at: now)
        now += Int64(pause)
      }
      // An escape alone is a key at once by then; nothing behind it may be one.
      #expect(rest == [.key(.escape)])
      #expect(reply.color != nil)
    }
  }

  @Test func aKeyIsHeldForAMomentOnlyAndOnlyWhileAnAnswerIsNear() {
    var reply = asked()
    #expect(reply.take(codes("\u{1b}"), at: 0) == [])
    #expect(reply.deadline == 150_000_000)
    #expect(reply.take([], at: 100_000_000) == [])
    #expect(reply.take([], at: 300_000_000) == [.key(.escape)])
    #expect(reply.deadline == nil)
    #expect(reply.take(codes("\u{1b}x"), at: 400_000_000) == codes("\u{1b}x"))
    #expect(
      reply.take(codes("\u{1b}") + [.key(.up)], at: 400_000_000) == codes("\u{1b}") + [.key(.up)])
    // Later questions were answered, or ten seconds have passed: an escape is a key at once.
    #expect(reply.take(codes("\u{1b}"), at: 11_000_000_000) == [.key(.escape)])
    var second = asked()
    second.overtaken()
    #expect(second.take(codes("\u{1b}"), at: 1) == [.key(.escape)])
  }

  @Test func anEscapeAndAKeyAMomentLaterAreTwoKeys() {
    var reply = asked()
    #expect(reply.take(codes("\u{1b}"), at: 0) == [])
    #expect(reply.take(codes("x]"), at: 50_000_000) == [.key(.escape)] + codes("x]"))
    #expect(reply.take(codes("\u{1b}"), at: 1_000_000_000) == [])
    #expect(reply.take([], at: 2_000_000_000) == [.key(.escape)])
    // The escape is not handed on a second time.
    #expect(reply.take(codes("]"), at: 3_000_000_000) == [])
    #expect(reply.take(codes("a"), at: 3_050_000_000) == codes("]a"))
  }

  @Test func nothingIsTakenFromATerminalThatWasNotAskedOrHasAnswered() {
    var silent = BackgroundReply()
    #expect(silent.take(codes(Self.answer + "\u{7}"), at: 0) == codes(Self.answer + "\u{7}"))
    var reply = asked()
    _ = reply.take(codes(Self.answer + "\u{7}"), at: 0)
    #expect(reply.take(codes("\u{1b}]11;"), at: 0) == codes("\u{1b}]11;"))
  }

  @Test func whatOnlyBeginsLikeAnAnswerIsHandedOn() {
    for typed in ["\u{1b}]", "\u{1b}]1", "\u{1b}]12;x", "\u{1b}[A", "\u{1b}\u{1b}]2"] {
      var reply = asked()
      var rest = reply.take(codes(typed), at: 0)
      rest += reply.take([], at: 10_000_000_000)
      #expect(rest == codes(typed), "\(typed.debugDescription)")
    }
  }

  @Test func anAnswerWithoutAnEndIsDroppedAndKeysGoOn() {
    var reply = asked()
    #expect(reply.take(codes("\u{1b}]11;rgb:ff"), at: 0) == [])
    #expect(reply.take(codes("q"), at: 5_000_000_000) == codes("q"))
    var endless = asked()
    let rest = endless.take(codes("\u{1b}]11;" + String(repeating: "f", count: 500)), at: 0)
    #expect(rest.count == 500 - 59 && endless.color == nil)
  }

  @Test(arguments: [
    ("rgb:ffff/ffff/ffff", true), ("rgb:0000/0000/0000", false), ("rgb:1e1e/1e1e/2e2e", false),
    ("rgb:fd/f6/e3", true), ("rgb:f/f/f", true), ("rgba:ffff/ffff/ffff/0000", true),
    ("rgb:7f7f/7f7f/7f7f", false), ("rgb:8080/8080/8080", true), ("rgb:0000/ffff/0000", true),
    ("rgb:ffff/0000/ffff", false),
  ])
  func aColourIsLightOrDark(text: String, isLight: Bool) {
    #expect(TerminalColor(text)?.isLight == isLight)
  }

  @Test(arguments: [
    "", "?", "rgb:", "rgb:ff/ff", "rgb:ff/ff/ff/ff", "rgb:fffff/0/0", "rgb:-1/0/0", "rgb:+f/0/0",
    "rgb:gg/00/00", "#ffffff", "rgb:ff//ff", "rgba:ff/ff/ff",
  ])
  func otherTextsAreNoColour(text: String) {
    #expect(TerminalColor(text) == nil)
  }
}
