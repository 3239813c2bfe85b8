import RunModel

/// The layout of `steps.bin` and `blocks.bin`: files that only grow, chunk by chunk.
///
/// A chunk is a header with a checksum of its own, and a payload of columns with another. Of a file
/// that was cut short or damaged every whole chunk can be read; the headers of `steps.bin` say where
/// the figures of the blocks lie in `blocks.bin`, which therefore needs no order of its own.
///
/// ```
/// steps.bin    magic u32  format u16  kind u16  payload u32  rows u32
///              first i64  last i64    lowest and highest step
///              blockOffset u64  blockLength u32  blocks u32  dropped u32  payload check u32
///              reserved u32  header check u32                          (64 bytes), payload, padding
/// blocks.bin   magic u32  format u16  reserved u16  payload u32  rows u32  blocks u32
///              steps' check u32  payload check u32  header check u32   (32 bytes), payload, padding
/// ```
/// Payloads hold group after group, one for each arm and seed in the chunk: `arm u64, seed u64,
/// rows u32`, then the columns (`steps.bin`); the columns only, in the same order (`blocks.bin`).
enum RowChunk {
  /// Raised when a reader of the previous number could not read what is written.
  static let format: UInt16 = 1
  static let stepsMagic: UInt32 = 0x7053_674d
  static let blocksMagic: UInt32 = 0x6c42_674d
  static let stepsHeader = 64
  static let blocksHeader = 32
  /// Bounds on what a reader believes: more rows or figures than this are damage.
  static let mostRows = 1 << 14
  static let mostFigures = 1 << 20

  /// Rows in a chunk: enough for columns to pay, few enough that one step is found quickly.
  static func rows(forBlocks blocks: Int) -> Int {
    max(1, min(1024, (1 << 18) / max(1, blocks)))
  }

  enum Kind: UInt16 {
    case rows
    /// All rows before this chunk that are of a later step than its `last` are void.
    case cut
  }

  /// What a header of `steps.bin` says.
  struct Header: Sendable, Hashable {
    var kind = Kind.rows
    var payload = 0
    var rows = 0
    var first = 0
    var last = 0
    var blockOffset = 0
    var blockLength = 0
    var blocks = 0
    var dropped = 0
    var check: UInt32 = 0

    /// Bytes of the whole chunk: the payload is padded so that headers lie at multiples of eight.
    var length: Int { stepsHeader + RowChunk.padded(payload) }

    var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(number: stepsMagic)
      bytes.append(number: format)
      bytes.append(number: kind.rawValue)
      bytes.append(number: UInt32(payload))
      bytes.append(number: UInt32(rows))
      bytes.append(number: UInt64(bitPattern: Int64(first)))
      bytes.append(number: UInt64(bitPattern: Int64(last)))
      bytes.append(number: UInt64(blockOffset))
      bytes.append(number: UInt32(blockLength))
      bytes.append(number: UInt32(blocks))
      bytes.append(number: UInt32(dropped))
      bytes.append(number: check)
      bytes.append(number: UInt32(0))
      bytes.append(number: CRC32C.checksum(bytes))
      return bytes
    }
  }

  /// What the eight-aligned bytes at some place of `steps.bin` are.
  enum Found {
    case chunk(Header)
    /// Whole, but of a format this program does not know.
    case newer(Int)
    case nothing
  }

  static func find(_ bytes: [UInt8]) -> Found {
    var reader = ByteReader(bytes)
    guard bytes.count >= stepsHeader, reader.number() == stepsMagic,
      let format = reader.number(UInt16.self), isChecked(bytes, stepsHeader)
    else { return .nothing }
    guard format == Self.format else { return .newer(Int(format)) }
    var header = Header()
    guard let kind = reader.number(UInt16.self).flatMap(Kind.init),
      let payload = reader.number(UInt32.self), let rows = reader.number(UInt32.self),
      let first = reader.number(UInt64.self), let last = reader.number(UInt64.self),
      let blockOffset = reader.number(UInt64.self).flatMap({ Int(exactly: $0) }),
      let blockLength = reader.number(UInt32.self), let blocks = reader.number(UInt32.self),
      let dropped = reader.number(UInt32.self), let check = reader.number(UInt32.self),
      rows <= mostRows, Int(rows) * Int(blocks) <= mostFigures
    else { return .nothing }
    header.kind = kind
    (header.payload, header.rows) = (Int(payload), Int(rows))
    header.first = Int(Int64(bitPattern: first))
    header.last = Int(Int64(bitPattern: last))
    (header.blockOffset, header.blockLength) = (blockOffset, Int(blockLength))
    (header.blocks, header.dropped, header.check) = (Int(blocks), Int(dropped), check)
    return .chunk(header)
  }

  static func isChecked(_ bytes: [UInt8], _ length: Int) -> Bool {
    var reader = ByteReader(bytes, from: length - 4)
    return reader.number() == CRC32C.checksum(bytes[..<(length - 4)])
  }

  static func padded(_ count: Int) -> Int { (count + 7) & ~7 }

  private static func pad(_ bytes: inout [UInt8]) {
    bytes.append(contentsOf: repeatElement(0, count: padded(bytes.count) - bytes.count))
  }
}

// MARK: Writing

extension RowChunk {
  /// A chunk of both files; `offset` is where the blocks' part will lie.
  static func encode(
    _ rows: RunRows, _ range: Range<Int>, blockOffset offset: Int
  ) -> (steps: [UInt8], blocks: [UInt8]) {
    let groups = grouped(rows, range)
    var steps: [UInt8] = []
    for group in groups { append(group, of: rows, to: &steps) }
    var header = Header()
    header.check = CRC32C.checksum(steps)
    let blocks = blocksChunk(groups, rows, tied: header.check)
    (header.payload, header.rows) = (steps.count, range.count)
    let numbers = rows.steps[range].map(\.step)
    (header.first, header.last) = (numbers.min() ?? 0, numbers.max() ?? 0)
    (header.blockOffset, header.blockLength) = (offset, blocks.count)
    (header.blocks, header.dropped) = (rows.blockCount, rows.droppedCount)
    pad(&steps)
    return (header.bytes + steps, blocks)
  }

  /// The chunk that voids the rows after `step`.
  static func cut(after step: Int) -> [UInt8] {
    var header = Header()
    (header.kind, header.first, header.last) = (.cut, step, step)
    header.check = CRC32C.checksum([])
    return header.bytes
  }

  private struct Group {
    var arm: ArmID
    var seed: UInt64
    var rows: [Int] = []
  }

  /// Rows of one arm and seed lie together: their figures are alike.
  private static func grouped(_ rows: RunRows, _ range: Range<Int>) -> [Group] {
    var groups: [Group] = []
    for index in range {
      let (arm, seed) = (rows.steps[index].arm, rows.steps[index].seed)
      if let place = groups.firstIndex(where: { $0.arm == arm && $0.seed == seed }) {
        groups[place].rows.append(index)
      } else {
        groups.append(Group(arm: arm, seed: seed, rows: [index]))
      }
    }
    return groups
  }

  private static func append(_ group: Group, of rows: RunRows, to bytes: inout [UInt8]) {
    bytes.append(number: UInt64(bitPattern: Int64(group.arm.number)))
    bytes.append(number: group.seed)
    bytes.append(number: UInt32(group.rows.count))
    var words: [UInt64] = []
    for column in StepColumn.allCases {
      words.removeAll(keepingCapacity: true)
      for row in group.rows { words.append(column.word(of: rows.steps[row])) }
      RowColumn.encode(words, into: &bytes)
    }
  }

  private static func blocksChunk(
    _ groups: [Group], _ rows: RunRows, tied check: UInt32
  ) -> [UInt8] {
    var payload: [UInt8] = []
    var words: [UInt32] = []
    for group in groups {
      for column in BlockColumn.allCases {
        // A figure that is the same for all blocks in all rows, such as the keep of a base, is one
        // column; else every block has its own.
        column.gather(rows, group.rows, 0..<rows.blockCount, into: &words)
        let isConstant = words.allSatisfy { $0 == words[0] }
        payload.append(isConstant ? 1 : 0)
        if isConstant {
          payload.append(number: words.first ?? 0)
        } else {
          for block in 0..<rows.blockCount {
            column.gather(rows, group.rows, block..<(block + 1), into: &words)
            RowColumn.encode(words, into: &payload)
          }
        }
      }
    }
    var bytes: [UInt8] = []
    bytes.append(number: blocksMagic)
    bytes.append(number: format)
    bytes.append(number: UInt16(0))
    bytes.append(number: UInt32(payload.count))
    bytes.append(number: UInt32(groups.reduce(0) { $0 + $1.rows.count }))
    bytes.append(number: UInt32(rows.blockCount))
    bytes.append(number: check)
    bytes.append(number: CRC32C.checksum(payload))
    bytes.append(number: CRC32C.checksum(bytes))
    bytes += payload
    pad(&bytes)
    return bytes
  }
}

// MARK: Reading

extension RowChunk {
  /// The step rows of a payload, in the order they lie in; nil when it is damaged.
  static func decodeSteps(_ payload: [UInt8], _ header: Header) -> [StepRow]? {
    guard payload.count == header.payload, CRC32C.checksum(payload) == header.check else {
      return nil
    }
    var reader = ByteReader(payload)
    var rows: [StepRow] = []
    var words: [UInt64] = []
    while !reader.isAtEnd {
      guard let arm = reader.number(UInt64.self), let seed = reader.number(UInt64.self),
        let count = reader.number(UInt32.self), rows.count + Int(count) <= header.rows
      else { return nil }
      let start = rows.count
      let blank = StepRow(arm: ArmID(Int(Int64(bitPattern: arm))), seed: seed, step: 0)
      rows.append(contentsOf: repeatElement(blank, count: Int(count)))
      for column in StepColumn.allCases {
        guard RowColumn.decode(Int(count), from: &reader, into: &words) else { return nil }
        for (row, word) in words.enumerated() where !column.set(word, in: &rows[start + row]) {
          return nil
        }
      }
    }
    return rows.count == header.rows ? rows : nil
  }

  /// The block rows of a chunk of `blocks.bin`, `header.blocks` for every one of `steps`; nil when
  /// it is damaged or belongs to other steps.
  static func decodeBlocks(_ bytes: [UInt8], _ header: Header, _ steps: [StepRow]) -> [BlockRow]? {
    var reader = ByteReader(bytes)
    guard bytes.count >= blocksHeader, isChecked(bytes, blocksHeader),
      reader.number() == blocksMagic, reader.number() == format, reader.number(UInt16.self) != nil,
      let length = reader.number(UInt32.self), reader.number() == UInt32(header.rows),
      reader.number() == UInt32(header.blocks), reader.number() == header.check,
      let check = reader.number(UInt32.self), bytes.count == blocksHeader + padded(Int(length))
    else { return nil }
    let payload = Array(bytes[blocksHeader..<(blocksHeader + Int(length))])
    guard CRC32C.checksum(payload) == check else { return nil }
    reader = ByteReader(payload)
    var blocks = [BlockRow](repeating: BlockRow(), count: header.rows * header.blocks)
    for group in runs(of: steps) {
      for column in BlockColumn.allCases {
        guard column.read(group, header.blocks, from: &reader, into: &blocks) else { return nil }
      }
    }
    return blocks
  }

  /// The stretches of rows of one arm and seed.
  private static func runs(of steps: [StepRow]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for index in steps.indices.dropFirst()
    where steps[index].arm != steps[start].arm || steps[index].seed != steps[start].seed {
      ranges.append(start..<index)
      start = index
    }
    return steps.isEmpty ? [] : ranges + [start..<steps.count]
  }
}
