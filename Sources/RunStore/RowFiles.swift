import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The chunks of `steps.bin` as far as they were looked at: where each lies and which steps are valid.
struct RowIndex: Sendable {
  struct Entry: Sendable {
    var offset: Int
    var header: RunChunkHeader
    /// The highest step that is still part of the run.
    var limit: Int

    var last: Int { min(header.last, limit) }
    var isVoid: Bool { header.first > limit }
  }

  private(set) var entries: [Entry] = []
  /// Behind the last whole chunk.
  private(set) var end = 0
  /// Rows that were dropped before they could be written.
  private(set) var droppedCount = 0

  /// Rows in all known chunks.
  var rowCount: Int { entries.reduce(0) { $0 + $1.header.rows } }

  /// Where the figures of the blocks end that a known chunk points to, in a file of `size` bytes:
  /// what points beyond it is damaged.
  func blocksEnd(within size: Int) -> Int {
    entries.reduce(0) { end, entry in
      let (own, overflow) = entry.header.blockOffset.addingReportingOverflow(
        entry.header.blockLength)
      return overflow || own > size ? end : max(end, own)
    }
  }

  var newestStep: Int { entries.reduce(0) { $1.isVoid ? $0 : max($0, $1.last) } }

  mutating func add(_ header: RunChunkHeader, at offset: Int) {
    end = offset + header.length
    droppedCount += header.dropped
    switch header.kind {
    case .rows: entries.append(Entry(offset: offset, header: header, limit: .max))
    case .cut: limit(to: header.last)
    }
  }

  /// Rows after `step` are void from here on.
  mutating func limit(to step: Int) {
    for index in entries.indices { entries[index].limit = min(entries[index].limit, step) }
  }

  /// Forgets the chunks at the end that hold nothing valid any more; returns where the file may end.
  mutating func dropVoidTail() -> Int {
    while let last = entries.last, last.isVoid {
      end = last.offset
      entries.removeLast()
    }
    return end
  }

  /// Looks at what has been added to a file of `size` bytes; what is damaged is stepped over.
  ///
  /// - Throws: `RunError` (.input) at a chunk of a newer format.
  mutating func extend(
    upTo size: Int, path: String, read: (_ offset: Int, _ count: Int) -> [UInt8]
  ) throws(RunError) {
    var offset = end
    while offset + RowChunk.stepsHeader <= size {
      switch RowChunk.find(read(offset, RowChunk.stepsHeader)) {
      case .chunk(let header) where header.length <= size - offset:
        add(header, at: offset)
        offset = end
      case .newer(let format):
        throw .newerFormat(Int(format), known: Int(RowChunk.format), place: path)
      case .chunk, .nothing:
        offset += Self.gap(read(offset, 1 << 16))
      }
    }
  }

  /// How far behind the start of `bytes` the next header may begin.
  private static func gap(_ bytes: [UInt8]) -> Int {
    let magic = withUnsafeBytes(of: RowChunk.stepsMagic.littleEndian, Array.init)
    let places = stride(from: 8, to: bytes.count, by: 8)
    return places.first { bytes[$0...].starts(with: magic) } ?? max(8, bytes.count & ~7)
  }
}

typealias RunChunkHeader = RowChunk.Header

/// `steps.bin` and `blocks.bin` of a run in the hands of its owner: chunks are added at their ends.
package struct RowWriter: ~Copyable {
  private let steps: GrowingFile
  private let blocks: GrowingFile
  private var index: RowIndex
  private var stepsEnd: Int
  private var blocksEnd: Int

  /// Opens or makes the files and cuts off what a kill left of a last chunk.
  package init(_ directory: RunDirectory) throws(RunError) {
    let steps = try GrowingFile(directory.stepsPath)
    let blocks = try GrowingFile(directory.blocksPath)
    var index = RowIndex()
    try index.extend(upTo: steps.size, path: directory.stepsPath) { steps.read($0, $1) }
    // Behind the last whole chunk there may be damage, but nothing that could be read.
    try steps.shorten(to: index.end)
    let blocksEnd = index.blocksEnd(within: blocks.size)
    try blocks.shorten(to: blocksEnd)
    (self.steps, self.blocks, self.index) = (steps, blocks, index)
    (stepsEnd, self.blocksEnd) = (index.end, blocksEnd)
  }

  /// Rows that were written so far.
  package var rowCount: Int { index.rowCount }

  /// Adds rows; on an error the chunks before the one that could not be written are there.
  package mutating func append(_ rows: RunRows) throws(RunError) {
    var rows = rows
    let size = RowChunk.rows(forBlocks: rows.blockCount)
    for start in stride(from: 0, to: rows.steps.count, by: size) {
      let range = start..<min(start + size, rows.steps.count)
      let chunk = RowChunk.encode(rows, range, blockOffset: blocksEnd)
      // The blocks first: a header in `steps.bin` never points to what is not there.
      try blocks.write(chunk.blocks, at: blocksEnd)
      try steps.write(chunk.steps, at: stepsEnd)
      if case .chunk(let header) = RowChunk.find(chunk.steps) { index.add(header, at: stepsEnd) }
      (blocksEnd, stepsEnd) = (blocksEnd + chunk.blocks.count, index.end)
      rows.droppedCount = 0
    }
  }

  /// Voids all rows after `step`.
  package mutating func cut(after step: Int) throws(RunError) {
    index.limit(to: step)
    stepsEnd = index.dropVoidTail()
    blocksEnd = index.blocksEnd(within: blocks.size)
    try steps.shorten(to: stepsEnd)
    try blocks.shorten(to: blocksEnd)
    guard index.entries.contains(where: { $0.header.last > step }) else { return }
    let chunk = RowChunk.cut(after: step)
    try steps.write(chunk, at: stepsEnd)
    stepsEnd += chunk.count
    if case .chunk(let header) = RowChunk.find(chunk) {
      index.add(header, at: stepsEnd - chunk.count)
    }
  }

  package mutating func sync() throws(RunError) {
    try blocks.sync()
    try steps.sync()
  }
}

/// A file that is written at its end and read anywhere; after a failed write it is as before.
final class GrowingFile: Sendable {
  private let file: Int32
  private let path: String

  init(_ path: String) throws(RunError) {
    self.path = path
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw FileError.last("write", path) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw FileError.bad(path, "is not a file", "give a run directory")
    }
  }

  deinit { close(file) }

  var size: Int { fileSize(file) }

  func read(_ offset: Int, _ count: Int) -> [UInt8] { readBytes(file, offset, count) }

  func write(_ bytes: [UInt8], at offset: Int) throws(RunError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        pwrite(
          file, buffer.baseAddress.map { $0 + start }, buffer.count - start, off_t(offset + start))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let error = FileError.last("write", path)
        ftruncate(file, off_t(offset))
        throw error
      }
      start += written
    }
  }

  /// Ends the file at `end` if it is longer.
  func shorten(to end: Int) throws(RunError) {
    guard size <= end || ftruncate(file, off_t(end)) == 0 else {
      throw FileError.last("write", path)
    }
  }

  func sync() throws(RunError) {
    guard fsync(file) == 0 else { throw FileError.last("write", path) }
  }
}

func fileSize(_ file: Int32) -> Int {
  var status = stat()
  return fstat(file, &status) == 0 ? Int(status.st_size) : 0
}

/// As many of `count` bytes at `offset` as there are.
func readBytes(_ file: Int32, _ offset: Int, _ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  var got = 0
  while got < count {
    let more = bytes.withUnsafeMutableBytes { buffer in
      pread(file, buffer.baseAddress.map { $0 + got }, count - got, off_t(offset + got))
    }
    if more < 0, errno == EINTR { continue }
    guard more > 0 else { break }
    got += more
  }
  bytes.removeLast(count - got)
  return bytes
}
