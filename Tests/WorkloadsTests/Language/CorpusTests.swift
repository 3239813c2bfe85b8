import Foundation
import RunModel
import Testing
import Workloads

@Suite struct CorpusTests {
  private let directory = FileManager.default.temporaryDirectory.path + "/corpus-\(UUID())"

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    let path = directory + "/text-\(UUID())"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func configuration(_ path: String, context: Int = 64) -> RunConfiguration {
    var model = ModelConfiguration(size: .nano)
    model.context = context
    return RunConfiguration(title: "", data: .file(path), model: model, arms: [])
  }

  @Test func lastTenthByPositionIsForValidation() throws {
    let bytes = (0..<1_000).map { UInt8($0 % 120) }
    let corpus = try Corpus.read(try write(bytes))
    #expect(Array(corpus.training) == Array(bytes[..<900]))
    #expect(Array(corpus.validation) == Array(bytes[900...]))
  }

  @Test func noCharacterIsCutInTwo() {
    for lead in 0..<12 {
      let text = String(repeating: "x", count: lead) + String(repeating: "日", count: 40)
      let corpus = Corpus(bytes: Array(text.utf8), place: "")
      #expect(String(validating: corpus.training, as: UTF8.self) != nil)
      #expect(String(validating: corpus.validation, as: UTF8.self) != nil)
    }
  }

  @Test func bytesThatAreNoTextAreCutByPosition() {
    let corpus = Corpus(bytes: Array(repeating: 0x80, count: 100), place: "")
    #expect(corpus.split == 90)
  }

  @Test func missingEmptyAndDirectoryAreErrorsWithPlaceAndRemedy() throws {
    let empty = try write([])
    let cases = [
      (directory + "/nothing", "no such file"), (directory, "is a directory"), (empty, "is empty"),
    ]
    for (path, message) in cases {
      let error = #expect(throws: RunError.self) { _ = try Corpus.read(path) }
      #expect(error?.category == .input)
      #expect(error?.message == message)
      #expect(error?.place == path)
      #expect(error?.remedy.isEmpty == false)
    }
  }

  @Test(.enabled(if: getuid() != 0)) func unreadableFileIsAnError() throws {
    let path = try write([1, 2, 3])
    chmod(path, 0)
    let error = #expect(throws: RunError.self) { _ = try Corpus.read(path) }
    #expect(error?.message == "may not be read")
  }

  @Test(arguments: [1, 2, 19, 60, 72])
  func textShorterThanAWindowIsRefused(_ count: Int) throws {
    let path = try write((0..<count).map { _ in 65 })
    let error = #expect(throws: RunError.self) {
      _ = try LanguageData.load(configuration(path), cache: .none)
    }
    #expect(error?.category == .input)
    #expect(error?.place == path)
  }

  @Test func textOfOneWindowIsEnough() throws {
    let path = try write((0..<73).map { _ in 65 })
    let data = try LanguageData.load(configuration(path), cache: .none)
    #expect(data.training.count == 65 && data.validation.count == 8)
    #expect(data.windows.targetCount == 7)
    #expect(data.entropyFloor == nil)
  }

  @Test func presetThatWantsATextSaysSo() {
    var wanting = configuration("")
    wanting.data = .required
    let error = #expect(throws: RunError.self) { _ = try LanguageData.load(wanting) }
    #expect(error?.category == .usage && error?.place == "--text")
  }

  @Test func builtInLanguageHasItsFloorOnTheValidationWindows() throws {
    var configuration = configuration("", context: 64)
    configuration.data = .builtIn
    let data = try LanguageData.load(configuration, cache: .none)
    var filter = BayesFilter(BuiltInLanguage.standard.source)
    let expected = filter.meanLoss(
      of: data.validation.map { UInt8($0) }, windows: data.windows.ranges)
    #expect(data.entropyFloor == expected)
    #expect(expected > BuiltInLanguage.standard.source.entropyRate)
  }
}
