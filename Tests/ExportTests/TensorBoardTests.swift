import Export
import Foundation
import RunModel
import Testing

@Suite struct TensorBoardTests {
  @Test func theChecksumMatchesItsPublishedVectors() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum("123456789".utf8) == 0xe306_9283)
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
}
