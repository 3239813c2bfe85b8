import EventStream
import Foundation
import RunModel
import RunStore
import Testing

@Suite struct RowFilesTests {
  private func directory(_ scratch: Scratch) -> RunDirectory { RunDirectory(path: scratch.path) }

  /// Rows in the order an archive gives them.
  private func ordered(_ rows: RunRows) -> [RowBits] {
    RowBits.of(rows).sorted { ($0.step, $0.arm, $0.seed) < ($1.step, $1.arm, $1.seed) }
  }

  @Test(arguments: [1, 3, 40], [1, 7, 2_000])
  func rowsComeBackToTheBit(_ blocks: Int, _ steps: Int) throws {
    let scratch = try Scratch()
    let rows = Toy.rows(1...steps, blocks: blocks, seeds: steps > 100 ? 1 : 2)
    var writer = try RowWriter(directory(scratch))
    try writer.append(rows)
    let archive = try RecordedRows(directory(scratch))
    #expect(archive.newestStep == steps && archive.blockCount == blocks)
    #expect(RowBits.of(archive.rows(in: 0...(.max))) == ordered(rows))
    let middle = steps / 2...steps / 2 + 1
    #expect(
      RowBits.of(archive.rows(in: middle)) == ordered(rows).filter { middle.contains($0.step) })
    #expect(archive.rows(in: (steps + 1)...(steps + 9)).isEmpty)
  }

  @Test func aRunWithoutRowsHasNone() throws {
    let scratch = try Scratch()
    let archive = try RecordedRows(directory(scratch))
    #expect(archive.newestStep == 0 && archive.rows(in: 1...100).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func aReaderSeesWhatIsWrittenAfterItOpened() throws {
    let scratch = try Scratch()
    let archive = try RecordedRows(directory(scratch))
    var writer = try RowWriter(directory(scratch))
    for step in 1...20 {
      try writer.append(Toy.rows(step...step))
      #expect(archive.newestStep == step)
    }
    #expect(RowBits.of(archive.rows(in: 1...20)) == ordered(Toy.rows(1...20)))
  }

  @Test func aTornTailIsCutAndNothingBeforeItIsLost() throws {
    let scratch = try Scratch()
    var writer = try RowWriter(directory(scratch))
    var ends: [Int] = [0]
    let steps = URL(fileURLWithPath: directory(scratch).stepsPath)
    for step in 1...4 {
      try writer.append(Toy.rows(step...step))
      ends.append(try Data(contentsOf: steps).count)
    }
    let whole = try Data(contentsOf: steps)
    let blocks = try Data(contentsOf: URL(fileURLWithPath: directory(scratch).blocksPath))
    for length in stride(from: 0, to: whole.count, by: 5) {
      try whole[..<length].write(to: steps)
      try blocks.write(to: URL(fileURLWithPath: directory(scratch).blocksPath))
      let newest = (ends.lastIndex { $0 <= length }) ?? 0
      #expect(try RecordedRows(directory(scratch)).newestStep == newest, "length \(length)")
      // Who goes on cuts the tail and writes behind what is whole.
      var next = try RowWriter(directory(scratch))
      try next.append(Toy.rows((newest + 1)...(newest + 1)))
      #expect(
        RowBits.of(try RecordedRows(directory(scratch)).rows(in: 1...9))
          == ordered(Toy.rows(1...(newest + 1))))
    }
  }

  @Test func lostBlocksLeaveTheStepsAndAreNotGuessed() throws {
    let scratch = try Scratch()
    var writer = try RowWriter(directory(scratch))
    try writer.append(Toy.rows(1...3))
    let path = directory(scratch).blocksPath
    var blocks = try Data(contentsOf: URL(fileURLWithPath: path))
    blocks[blocks.count / 2] ^= 0x40
    try blocks.write(to: URL(fileURLWithPath: path))
    let rows = try RecordedRows(directory(scratch)).rows(in: 1...3)
    #expect(RowBits.of(rows).map(\.figures) == ordered(Toy.rows(1...3)).map(\.figures))
    #expect(rows.blocks.allSatisfy { $0.keptShare.isNaN && $0.scale.isNaN && $0.updateNorm.isNaN })
  }

  /// A run that writes, goes back, is killed and gone on with, against a list in memory.
  @Test(arguments: 0..<20) func cutsAndRestartsAgreeWithAList(_ seed: UInt64) throws {
    let scratch = try Scratch()
    var random = TestRandom(seed)
    var expected: [RowBits] = []
    var newest = 0
    let beside = try RecordedRows(directory(scratch))
    var writer = try RowWriter(directory(scratch))
    for round in 0..<60 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let step = Int.random(in: 0...newest + 2, using: &random)
        try writer.cut(after: step)
        expected.removeAll { $0.step > step }
        newest = min(newest, step)
      case 1: writer = try RowWriter(directory(scratch))
      case _:
        let count = Int.random(in: 1...9, using: &random)
        let rows = Toy.rows(
          (newest + 1)...(newest + count), arms: 1, seeds: 1, random: UInt64(round))
        try writer.append(rows)
        expected += RowBits.of(rows)
        newest += count
      }
      #expect(RowBits.of(beside.rows(in: 0...(.max))) == expected)
      #expect(RowBits.of(try RecordedRows(directory(scratch)).rows(in: 0...(.max))) == expected)
      #expect(beside.newestStep == newest)
    }
  }

  @Test func anArmThatCatchesUpIsPutInOrder() throws {
    let scratch = try Scratch()
    var writer = try RowWriter(directory(scratch))
    try writer.append(Toy.rows(1...5, arms: 1, seeds: 1))
    var late = Toy.rows(1...3, arms: 2, seeds: 1)
    let keep = late.steps.indices.filter { late.steps[$0].arm == ArmID(1) }
    var second = RunRows(blockCount: 3)
    for index in keep { second.append(late.steps[index], blocks: late.blocks(ofRow: index)) }
    late = second
    try writer.append(late)
    let order = try RecordedRows(directory(scratch)).rows(in: 1...9).steps
    #expect(order.map(\.step) == [1, 1, 2, 2, 3, 3, 4, 5])
    #expect(order.map(\.arm.number) == [0, 1, 0, 1, 0, 1, 0, 0])
  }

  @Test func aNewerFormatIsRefusedNamingBothNumbers() throws {
    let scratch = try Scratch()
    var writer = try RowWriter(directory(scratch))
    try writer.append(Toy.rows(1...2))
    let url = URL(fileURLWithPath: directory(scratch).stepsPath)
    var bytes = Array(try Data(contentsOf: url))
    bytes[4] = 9
    Rehash.header(&bytes, at: 0)
    try Data(bytes).write(to: url)
    let error = #expect(throws: RunError.self) { try RecordedRows(directory(scratch)) }
    #expect(error?.exitCode == 4)
    #expect(
      error?.message.contains("format 9") == true && error?.message.contains("knows 1") == true)
  }

  /// Every mutation is hashed anew, so that the checks behind the checksums are what holds.
  @Test(arguments: [0, 1] as [UInt64]) func hostileFilesAreReadWithoutATrap(_ seed: UInt64) throws {
    let scratch = try Scratch()
    let target = directory(scratch)
    var writer = try RowWriter(target)
    for start in [1, 4] { try writer.append(Toy.rows(start...(start + 2))) }
    let steps = Array(try Data(contentsOf: URL(fileURLWithPath: target.stepsPath)))
    let blocks = Array(try Data(contentsOf: URL(fileURLWithPath: target.blocksPath)))
    var random = TestRandom(seed)
    for round in 0..<400 {
      var damaged = (steps: steps, blocks: blocks)
      let isStep = Bool.random(using: &random)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let size = isStep ? steps.count : blocks.count
        let isHeader = Bool.random(using: &random)
        let place = Int.random(in: 0..<(isHeader ? min(64, size) : size), using: &random)
        let byte =
          [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)]
          .randomElement(using: &random) ?? 0
        if isStep { damaged.steps[place] = byte } else { damaged.blocks[place] = byte }
      }
      Rehash.all(&damaged.steps, &damaged.blocks)
      if round.isMultiple(of: 7) {
        damaged.steps.removeLast(Int.random(in: 0..<steps.count, using: &random))
      }
      try Data(damaged.steps).write(to: URL(fileURLWithPath: target.stepsPath))
      try Data(damaged.blocks).write(to: URL(fileURLWithPath: target.blocksPath))
      guard let archive = try? RecordedRows(target) else { continue }
      let rows = archive.rows(in: 0...(.max))
      #expect(rows.blocks.count == rows.steps.count * rows.blockCount)
      #expect(rows.steps.count <= 24)
      // Nobody who goes on with it traps either.
      if round.isMultiple(of: 10) {
        var next = try RowWriter(target)
        try next.cut(after: 2)
        try next.append(Toy.rows(3...3))
      }
    }
  }

  @Test func readersBesideAWriterSeeWholeSteps() throws {
    let scratch = try Scratch()
    let target = directory(scratch)
    let isDone = Locked(false)
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      do {
        var writer = try RowWriter(target)
        for round in 0..<30 {
          for step in 1...40 {
            try writer.append(Toy.rows(step...step, arms: 1, seeds: 1))
          }
          if round < 29 { try writer.cut(after: round) }
          for step in (round + 1)...40 where round < 29 {
            try writer.append(Toy.rows(step...step, arms: 1, seeds: 1))
          }
          if round < 29 { try writer.cut(after: 0) }
        }
      } catch {
        Issue.record("the writer failed: \(error)")
      }
      isDone.withLock { $0 = true }
      finished.signal()
    }
    let expected = RowBits.of(Toy.rows(1...40, arms: 1, seeds: 1))
    let archive = try RecordedRows(target)
    while !isDone.withLock(\.self) {
      for row in RowBits.of(archive.rows(in: 1...40)) where row.blocks.first?[1] != nan {
        #expect(row == expected[row.step - 1])
      }
    }
    finished.wait()
    #expect(RowBits.of(archive.rows(in: 1...40)) == expected)
  }

  private let nan = Float.nan.bitPattern
}

/// Checksums of the two files, computed anew after a mutation.
enum Rehash {
  static func header(_ bytes: inout [UInt8], at offset: Int, length: Int = 64) {
    guard offset + length <= bytes.count else { return }
    put(
      CRC32C.checksum(bytes[offset..<(offset + length - 4)]), into: &bytes, at: offset + length - 4)
  }

  /// As far as the headers lead.
  static func all(_ steps: inout [UInt8], _ blocks: inout [UInt8]) {
    var offset = 0
    while offset + 64 <= steps.count {
      let length = Int(number(steps, at: offset + 8))
      if offset + 64 + length <= steps.count {
        let check = CRC32C.checksum(steps[(offset + 64)..<(offset + 64 + length)])
        put(check, into: &steps, at: offset + 52)
        let place = Int(number(steps, at: offset + 32))
        if place + 32 <= blocks.count { rehash(&blocks, at: place, tied: check) }
      }
      header(&steps, at: offset)
      offset += 64 + (length + 7) & ~7
    }
  }

  private static func rehash(_ blocks: inout [UInt8], at place: Int, tied check: UInt32) {
    let length = Int(number(blocks, at: place + 8))
    put(check, into: &blocks, at: place + 20)
    if place + 32 + length <= blocks.count {
      put(
        CRC32C.checksum(blocks[(place + 32)..<(place + 32 + length)]), into: &blocks, at: place + 24
      )
    }
    header(&blocks, at: place, length: 32)
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func put(_ number: UInt32, into bytes: inout [UInt8], at offset: Int) {
    for byte in 0..<4 {
      bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> UInt32(8 * byte))
    }
  }
}
