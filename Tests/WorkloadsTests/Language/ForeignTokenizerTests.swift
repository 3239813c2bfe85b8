import Foundation
import RunModel
import Testing
import Workloads

/// Tokenizers that PyPI `tokenizers` trained, on a text of code, scripts, emoji and odd spaces.
@Suite struct ForeignTokenizerTests {
  static let names = ["byte-level", "split", "llama2"]

  private func file(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/tokenizers/\(name)")
    return Array(try Data(contentsOf: url))
  }

  private func tokenizer(
    _ name: String, replacing old: String = "", with new: String = ""
  ) throws -> ForeignTokenizer {
    var text = String(decoding: try file(name + ".json"), as: UTF8.self)
    if !old.isEmpty {
      #expect(text.contains(old), "the file has no \(old)")
      text = text.replacing(old, with: new)
    }
    return try ForeignTokenizer(Array(text.utf8), vocabulary: 700, place: "tokenizer.json")
  }

  @Test(arguments: names) func encodesAsTheReferenceDoes(_ name: String) throws {
    let text = try file("text.txt")
    let expected = try JSONDecoder().decode(
      [Int32].self, from: Data(try file("\(name).tokens.json")))
    let tokens = try tokenizer(name).encode(text[...])
    let first = zip(tokens, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    #expect(tokens == expected, "differs from token \(first ?? min(tokens.count, expected.count))")
  }

  @Test(arguments: names) func decodingLosesNothing(_ name: String) throws {
    let (tokenizer, text) = (try tokenizer(name), try file("text.txt"))
    #expect(tokenizer.decode(tokenizer.encode(text[...])) == written(text, name))
  }

  /// What comes back of a text: the Llama 2 kind writes a space as its sign ▁, so that the sign
  /// itself comes back as a space, with the reference as with us; every other byte is kept.
  private func written(_ text: [UInt8], _ name: String) -> [UInt8] {
    name == "llama2" ? text.replacing(Array("▁".utf8), with: [0x20]) : text
  }

  @Test(arguments: names) func anyTextComesBack(_ name: String) throws {
    let tokenizer = try tokenizer(name)
    for text in ["", " ", "  a", "\u{0}", "▁", "a\u{301}", "👩‍👩‍👧‍👦 ", "x\r\n\r\n y", "<0x41>"] {
      let bytes = Array(text.utf8)
      let back = tokenizer.decode(tokenizer.encode(bytes[...]))
      #expect(back == written(bytes, name))
    }
  }

  /// What is changed in a good file, and what the refusal must name.
  private static let broken: [(file: String, old: String, new: String, names: String)] = [
    ("byte-level", "\"type\":\"BPE\"", "\"type\":\"WordPiece\"", "WordPiece"),
    ("byte-level", "\"dropout\":null", "\"dropout\":0.1", "dropout"),
    ("byte-level", "\"truncation\":null", "\"truncation\":{\"max_length\":4}", "truncation"),
    ("byte-level", "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", "NFC"),
    ("byte-level", "\"lstrip\":false", "\"lstrip\":true", "lstrip"),
    ("split", "\"invert\":false", "\"invert\":true", "pattern"),
    ("split", "\"Isolated\"", "\"Removed\"", "pattern"),
    ("split", "{1,3}", "{1,4}", "pattern"),
    ("split", "\"type\":\"Split\"", "\"type\":\"Whitespace\"", "Whitespace"),
    ("llama2", "\"prepend\":\"▁\"", "\"prepend\":\"_\"", "Prepend"),
    ("llama2", "\"type\":\"Strip\"", "\"type\":\"CTC\"", "CTC"),
    ("llama2", "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Punctuation\"}", "Punct"),
    ("llama2", "\"version\"", "\"magic\":1,\"version\"", "magic"),
    ("llama2", "\"merges\":[[", "\"merges\":[[\"qqq\",\"zzz\"],[", "qqq"),
    ("llama2", "\"merges\":[[", "\"merges\":[[\"a\"],[", "no pair"),
    ("llama2", "\"<unk>\":0", "\"<unk>\":-1", "number"),
    ("llama2", "\"<unk>\":0", "\"<unk>\":99999", "99999"),
    ("llama2", "\"<unk>\":0", "\"<unk>\":0,\"<unk>\":1", "twice"),
  ]

  @Test(arguments: broken.indices) func whatIsNotDoneHereIsRefusedByName(_ index: Int) {
    let (name, old, new, named) = Self.broken[index]
    let error = #expect(throws: RunError.self) {
      _ = try tokenizer(name, replacing: old, with: new)
    }
    #expect(error?.category == .input && error?.place.hasPrefix("tokenizer.json") == true)
    #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = try file("llama2.json")
    for length in stride(from: 0, to: bytes.count - 2, by: 97) {
      #expect(throws: RunError.self) {
        _ = try ForeignTokenizer(Array(bytes[..<length]), vocabulary: 700, place: "")
      }
    }
  }

  @Test func aLongRunOfOneLetterTakesNoQuadraticTime() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 200_000)
    let tokenizer = try tokenizer("llama2")
    #expect(tokenizer.decode(tokenizer.encode(text[...])) == text)
  }
}
