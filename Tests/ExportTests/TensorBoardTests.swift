import Export
import Foundation
import RunModel
import Testing

@Suite struct TensorBoardTests {
  @Test func theChecksumMatchesItsPublishedVectors() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum("123456789".utf8) == 0xe306_9283)
    let ascending = (0..<32).map { UInt8($0) }
    #expect(CRC32C.checksum(ascending) == 0x46dd_794e)
    #expect(CRC32C.checksum(AnySequence(ascending)) == 0x46dd_794e)
    #expect(CRC32C.masked("\u{1a}\u{11}CRC test, one two".utf8) == 0x5794_d08a)
  }

  @Test func theBytesAreThoseTensorBoardItselfWrites() throws {
    var events = TensorBoardEvents(wallTime: 1_700_000_000.25)
    events.add(
      step: 50, wallTime: 1_700_000_001.5,
      scalars: [("loss/train", 1.875), ("loss/validation", 0.1)])
    events.add(
      step: 3_000_000_000, wallTime: 1_700_000_002,
      scalars: [("long/" + String(repeating: "x", count: 200), -2.5e-8)])
    events.add(step: 1, wallTime: 0, scalars: [])
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/scalars", withExtension: "tfevents"))
    #expect(try events.bytes == [UInt8](Data(contentsOf: url)))
  }

  @Test func everyArmAndSeedHasADirectoryOfItsOwn() {
    var closing = RecordFormatTests.adam
    closing.final = true
    var second = RecordFormatTests.adam
    second.seed = 1
    let files = TensorBoardExport.files(
      [RecordFormatTests.adam, second, closing], startSeconds: 1_700_000_000.5, host: "host")
    #expect(
      files.map(\.path) == [
        "a-adam-lr=1e-3-wd=0/seed-0/events.out.tfevents.1700000000.host",
        "a-adam-lr=1e-3-wd=0/seed-1/events.out.tfevents.1700000000.host",
      ])
    #expect(files[0].bytes == files[1].bytes, "closing records repeat an evaluation")
  }

  /// Records may come from anywhere; no name of theirs leads out of the export's directory.
  @Test(arguments: ["../../x", "/etc", "..", ".", "a/../../b", "a\nb", "\u{1b}[31m", "ä"])
  func noNameLeadsElsewhere(_ name: String) {
    var record = RecordFormatTests.adam
    (record.lane, record.arm) = (name, name)
    let files = TensorBoardExport.files([record], startSeconds: 0, host: "host")
    let parts = files.flatMap { $0.path.split(separator: "/", omittingEmptySubsequences: false) }
    #expect(parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." })
    #expect(parts.joined().utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
  }

  @Test func singleStepsAreScalarsOfTheirArm() {
    let specification = ArmSpecification(
      text: "adam:lr=1e-3,wd=0", base: "adam", wrapper: nil, isMatched: false, values: [:],
      writtenKeys: [], momentum: nil)
    let arm = RunArm(
      id: ArmID(0), lane: Lane(letter: "a", name: "adam:lr=1e-3,wd=0"),
      specification: specification)
    var row = StepRow(arm: ArmID(0), seed: 0, step: 7)
    (row.trainLoss, row.wallSeconds) = (2.5, 1.5)
    let files = TensorBoardExport.files(
      [RecordFormatTests.adam], steps: [row], of: [arm], startSeconds: 10, host: "host")
    var expected = TensorBoardEvents(wallTime: 10)
    expected.add(step: 7, wallTime: 11.5, scalars: [("steps/training loss", 2.5)])
    let alone = TensorBoardEvents(wallTime: 10)
    let tail = Array(expected.bytes[alone.bytes.count...])
    #expect(files.count == 1 && files[0].bytes.suffix(tail.count) == tail[...])
  }
}
