import TerminalUI
import Testing

@Suite struct InputFolderTests {
  @Test(
    arguments: [
      (97, Key.character("a")), (233, .character("é")), (30028, .character("界")),
      (3, .control("c")), (12, .control("l")), (26, .control("z")), (28, .control("\\")),
      (9, .tab), (10, .enter), (13, .enter), (8, .backspace), (127, .backspace), (27, .escape),
      (0, .control("@")), (32, .character(" ")),
    ] as [(UInt32, Key)])
  func characterCodesAreTheKeysThatSendThem(code: UInt32, key: Key) {
    #expect(InputFolder.fold([.code(code)]) == [.key(key)])
  }

  @Test func escapeAndACharacterAtOnceAreAlt() {
    #expect(InputFolder.fold([.code(27), .code(120)]) == [.key(.alt("x"))])
    #expect(
      InputFolder.fold([.code(27), .code(27), .code(120)]) == [.key(.escape), .key(.alt("x"))])
    #expect(InputFolder.fold([.code(27), .key(.up)]) == [.key(.escape), .key(.up)])
    #expect(InputFolder.fold([.code(27), .code(13)]) == [.key(.escape), .key(.enter)])
  }

  @Test(arguments: [0x80, 0x9b, 0xd800, 0x110000, 0xffff_ffff] as [UInt32])
  func codesNoKeyShouldMeanAreDropped(code: UInt32) {
    #expect(InputFolder.fold([.code(code)]).isEmpty)
  }

  @Test func anyCodesWhateverFoldWithoutHarm() {
    var random = SmallRandom(seed: 11)
    for _ in 0..<2_000 {
      let raw = (0..<random.below(20)).map { _ in RawInput.code(UInt32(random.below(0x120000))) }
      #expect(InputFolder.fold(raw).count <= raw.count)
    }
  }

  @Test(arguments: [
    ("[H", Key.home), ("OH", .home), ("[1~", .home), ("[7~", .home), ("[F", .end), ("OF", .end),
    ("[4~", .end), ("[8~", .end),
  ])
  func homeAndEndAreKnownInEverySpelling(_ spelling: String, _ key: Key) {
    let codes = [27] + spelling.unicodeScalars.map(\.value)
    let raw = codes.map(RawInput.code) + [.code(0x61)]
    #expect(InputFolder.fold(raw) == [.key(key), .key(.character("a"))])
  }
}
