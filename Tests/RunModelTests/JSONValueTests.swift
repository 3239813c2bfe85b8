import RunModel
import Testing

@Suite struct JSONValueTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(text.utf8, place: "x.json")
  }

  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .flag(true)), ("0", .integer(0)), ("-12", .integer(-12)),
    ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9223372036854775808)),
    ("4.0", .number(4)), ("1e3", .number(1000)), ("-2.5E-1", .number(-0.25)),
    (#""a\"\\\/\b\f\n\r\té😀""#, .text("a\"\\/\u{8}\u{c}\n\r\té😀")),
    ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
  ])
  func readsWhatIsWritten(_ text: String, _ value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test func keysAreToldApartByTheirScalars() throws {
    let object = try #require(
      try parse(#"{"b": {}, "a": [null], "\u00c5": 1, "\u212b": 2}"#).object)
    #expect(object.keys.count == 4 && object.map(\.key)[0] == "b")
    #expect(object["a"] == .array([.null]) && object["b"]?.object?.isEmpty == true)
    #expect(object["\u{c5}"] == .integer(1) && object["\u{212b}"] == .integer(2))
    #expect(object["c"] == nil)
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", ".5", "+1", "--1",
    "1e", "NaN", "Infinity", "tru", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "{\"a\":1,\"a\":2}", "[1 2]",
    String(repeating: "[", count: 100_000),
  ])
  func refusesWhatIsNoJSON(_ text: String) {
    let error = #expect(throws: RunError.self) { try parse(text) }
    #expect(error?.category == .input && error?.place == "x.json")
  }

  @Test func anyBytesAreAnsweredWithAnError() {
    let alphabet = Array("{}[]\",:\\u0123e-.tfn\u{ff}".utf8)
    var state: UInt64 = 7
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Int(state >> 33) % limit
    }
    for _ in 0..<3_000 {
      let bytes = (0..<next(40)).map { _ in alphabet[next(alphabet.count)] }
      _ = try? JSONValue(bytes, place: "")
    }
  }
}
