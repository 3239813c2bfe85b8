import Foundation
import RunModel
import Testing
import Workloads

/// What is taken from the cache is what would have been made; what is damaged is made again.
struct DataCacheTests {
  private let directory = FileManager.default.temporaryDirectory.path + "/cache-\(UUID())"

  private func configuration(_ tokenizer: String) -> RunConfiguration {
    RunConfiguration(
      title: "", model: ModelConfiguration(size: .nano),
      settings: ["tokenizer": .text(tokenizer), "vocabulary": .number(300)], arms: [])
  }

  private var entries: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  private func expectSame(_ a: LanguageData, _ b: LanguageData) {
    #expect(a.training == b.training)
    #expect(a.validation == b.validation)
    #expect(a.entropyFloor?.bitPattern == b.entropyFloor?.bitPattern)
    #expect(a.tokenizer.vocabularySize == b.tokenizer.vocabularySize)
    #expect(a.tokenizer.decode(Array(0..<200)) == b.tokenizer.decode(Array(0..<200)))
  }

  @Test func builtInTextHasTheRecordedFingerprint() {
    let found = ContentHash(BuiltInLanguage.standardText).value
    #expect(found == BuiltInLanguage.standardFingerprint, "found 0x\(String(found, radix: 16))")
  }

  @Test(arguments: ["byte", "character", "bpe"])
  func dataAreTheSameWithAndWithoutACache(_ tokenizer: String) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let plain = try LanguageData.load(configuration(tokenizer), cache: .none)
    #expect(entries.isEmpty)
    expectSame(plain, try LanguageData.load(configuration(tokenizer), cache: .at(directory)))
    #expect(!entries.isEmpty)
    let kept = entries
    expectSame(plain, try LanguageData.load(configuration(tokenizer), cache: .at(directory)))
    #expect(entries == kept)
  }

  enum Damage: CaseIterable {
    case cutInHalf, flippedBit, longer, empty, onlyAHeader
  }

  @Test(arguments: Damage.allCases)
  func damagedEntriesAreMadeAgain(_ damage: Damage) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let plain = try LanguageData.load(configuration("byte"), cache: .at(directory))
    let whole = try entries.map { try contents($0) }
    for entry in entries { try apply(damage, to: entry) }
    #expect(try entries.map { try contents($0) } != whole)
    expectSame(plain, try LanguageData.load(configuration("byte"), cache: .at(directory)))
    #expect(try entries.map { try contents($0) } == whole)
  }

  @Test func wholeEntryOfAnotherTextIsNotTaken() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let plain = try LanguageData.load(configuration("byte"), cache: .at(directory))
    let text = try #require(entries.first { $0.contains("text") })
    let floor = try #require(entries.first { $0.contains("floor") })
    try contents(floor).write(to: URL(fileURLWithPath: directory + "/" + text))
    expectSame(plain, try LanguageData.load(configuration("byte"), cache: .at(directory)))
  }

  @Test func cacheThatCannotBeWrittenIsNoError() throws {
    let plain = try LanguageData.load(configuration("byte"), cache: .none)
    expectSame(
      plain, try LanguageData.load(configuration("byte"), cache: .at("/dev/null/magmascope")))
  }

  private func contents(_ entry: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: directory + "/" + entry))
  }

  private func apply(_ damage: Damage, to entry: String) throws {
    var data = try contents(entry)
    switch damage {
    case .cutInHalf: data = data.prefix(data.count / 2)
    case .flippedBit: data[data.count - 3] ^= 0x10
    case .longer: data.append(0)
    case .empty: data = Data()
    case .onlyAHeader: data = data.prefix(24)
    }
    try data.write(to: URL(fileURLWithPath: directory + "/" + entry))
  }
}
