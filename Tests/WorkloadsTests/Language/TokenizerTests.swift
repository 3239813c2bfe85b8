import Foundation
import RunModel
import Testing
import Workloads

private let text = Array(
  """
  The moon rose over the mill, and the miller rose with the moon. 1234 1234!
  \tÅngström, naïve café — 日本語, the the the.

  """.utf8)

@Suite struct TokenizerTests {
  @Test func bytesRoundTripWhateverTheyAre() {
    let bytes = (0...255).map { UInt8($0) } + text
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.vocabularySize == 256)
    #expect(tokenizer.decode(tokenizer.encode(bytes[...])) == bytes)
  }

  @Test func charactersAreTheTextsScalarsInOrder() throws {
    let tokenizer = try CharacterTokenizer(text: text, place: "x")
    #expect(
      tokenizer.vocabularySize == Set(String(decoding: text, as: UTF8.self).unicodeScalars).count)
    #expect(tokenizer.scalars == tokenizer.scalars.sorted())
    #expect(tokenizer.decode(tokenizer.encode(text[...])) == text)
    #expect(
      tokenizer.encode(text[...]).count
        == String(decoding: text, as: UTF8.self).unicodeScalars.count)
    #expect(tokenizer.encode(ArraySlice("Ω".utf8)).isEmpty)
  }

  @Test func charactersNeedUTF8() {
    #expect(throws: RunError.self) {
      _ = try CharacterTokenizer(text: [0x41, 0xFF, 0xFE], place: "data.bin")
    }
  }

  @Test func pairsRoundTripTextsAndBytesNeverSeen() {
    let tokenizer = BytePairTokenizer.trained(
      on: text[...], vocabularySize: 300, cache: .none)
    #expect(tokenizer.decode(tokenizer.encode(text[...])) == text)
    let other = (0...255).reversed().map { UInt8($0) }
    #expect(tokenizer.decode(tokenizer.encode(other[...])) == other)
    #expect(tokenizer.encode(text[...]).count < text.count * 3 / 4)
  }

  /// aaab aab ab: `ab` occurs 3 times, `aa` 1 + 2 overlapping = 3; ` a` twice. Lowest pair first.
  @Test func mostFrequentPairIsLearntFirstAndTiesGoToTheLowest() {
    let text = Array("aaab aab ab".utf8)
    let tokenizer = BytePairTokenizer.trained(
      on: text[...], vocabularySize: 258, cache: .none)
    let (a, b) = (Int32(UInt8(ascii: "a")), Int32(UInt8(ascii: "b")))
    #expect(tokenizer.merges.first == .init(a, a))
    #expect(tokenizer.merges.dropFirst().first == .init(a, b))
  }

  @Test func incrementalCountsLearnWhatRecountingLearns() {
    let text = BuiltInLanguage.standard.source.generate(bytes: 20_000, seed: 2)
    let tokenizer = BytePairTokenizer.trained(
      on: text[...], vocabularySize: 330, cache: .none)
    #expect(tokenizer.merges == recountedMerges(text, count: 330 - 256))
  }

  @Test func vocabularyEndsWhereNoPairOccursTwice() {
    let tokenizer = BytePairTokenizer.trained(
      on: Array("abcabc".utf8)[...], vocabularySize: 1_000, cache: .none)
    #expect(tokenizer.vocabularySize < 262)
  }

  @Test func learntVocabularyIsTakenFromTheCacheAndDamageIsNoError() throws {
    let directory = FileManager.default.temporaryDirectory.path + "/vocabulary-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var calls = 0
    func train() -> BytePairTokenizer {
      BytePairTokenizer.trained(
        on: text[...], vocabularySize: 280, cache: .at(directory), progress: { _ in calls += 1 }
      )
    }
    let first = train()
    #expect(calls > 0)
    calls = 0
    #expect(train().merges == first.merges)
    #expect(calls == 0)
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).first)
    let path = directory + "/" + file
    let stored = try Data(contentsOf: URL(fileURLWithPath: path))
    try stored.prefix(stored.count / 2).write(to: URL(fileURLWithPath: path))
    #expect(train().merges == first.merges)
    #expect(calls > 0)
  }
}

/// Byte pair encoding as its paper writes it: count everything anew for each merge. Spaces open words.
private func recountedMerges(_ text: [UInt8], count: Int) -> [BytePairTokenizer.Pair] {
  var words = String(decoding: text, as: UTF8.self).split(
    separator: " ", omittingEmptySubsequences: false
  )
  .enumerated().map { ($0.offset == 0 ? "" : " ") + $0.element }.map { $0.utf8.map { Int32($0) } }
  var merges: [BytePairTokenizer.Pair] = []
  while merges.count < count {
    var counts: [BytePairTokenizer.Pair: Int] = [:]
    for word in words {
      for (left, right) in zip(word, word.dropFirst()) {
        counts[.init(left, right), default: 0] += 1
      }
    }
    guard let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { break }
    let merged = Int32(256 + merges.count)
    words = words.map { word in
      var joined: [Int32] = []
      for token in word {
        if token == best.right, joined.last == best.left {
          joined[joined.count - 1] = merged
        } else {
          joined.append(token)
        }
      }
      return joined
    }
    merges.append(best)
  }
  return merges
}
