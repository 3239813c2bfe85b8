import EventStream
import RunModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The rows of a run directory, read where they lie while somebody else may be writing them.
///
/// Nothing is written and nothing is waited for. Files are read and not mapped: a mapping ends a
/// process that touches it after the file became shorter, which is what going back in a run does.
package final class RecordedRows: RowArchive {
  private struct State: Sendable {
    var index = RowIndex()
    var steps: Int32 = -1
    var blocks: Int32 = -1
    /// Of `steps.bin`, when it was looked at last.
    var size = 0
    var problem: RunError?
    /// Chunks as last decoded, the latest at the end: who looks at one step looks at those beside it.
    var decoded: [Decoded] = []
  }

  private struct Decoded: Sendable {
    var offset: Int
    var header: RunChunkHeader
    var steps: [StepRow]
    /// nil where they cannot be read.
    var blocks: [BlockRow]?
  }

  /// Decoded chunks kept: some tens of megabytes at most, a few as a rule.
  private static let decodedLimit = 6

  private let directory: RunDirectory
  private let state = Locked(State())

  /// Blocks of the run; 0 before the first rows are there.
  package var blockCount: Int {
    refresh()
    return state.withLock { $0.index.entries.first?.header.blocks ?? 0 }
  }

  /// Opens the rows of a run; a run without any, such as one of the first format, has none.
  ///
  /// - Throws: `RunError` (.input) for rows of a newer format.
  package init(_ directory: RunDirectory) throws(RunError) {
    self.directory = directory
    refresh()
    if let problem = state.withLock(\.problem) { throw problem }
  }

  deinit {
    state.withLock { state in
      if state.steps >= 0 { close(state.steps) }
      if state.blocks >= 0 { close(state.blocks) }
    }
  }

  package var newestStep: Int {
    refresh()
    return state.withLock { $0.index.newestStep }
  }

  /// Rows that were dropped for want of memory or disk before they could be written.
  package var droppedCount: Int {
    refresh()
    return state.withLock { $0.index.droppedCount }
  }

  package func rows(in steps: ClosedRange<Int>) -> RunRows {
    refresh()
    let (entries, stepsFile, blocksFile) = state.withLock {
      ($0.index.entries, $0.steps, $0.blocks)
    }
    let blockCount = entries.first?.header.blocks ?? 0
    var selection = RowSelection(blockCount: blockCount)
    for entry in entries
    where !entry.isVoid && entry.header.first <= steps.upperBound && entry.last >= steps.lowerBound
      && entry.header.blocks == blockCount
    {
      guard let chunk = decoded(entry.header, at: entry.offset, stepsFile, blocksFile) else {
        continue
      }
      let chosen = chunk.steps.indices.filter {
        steps.contains(chunk.steps[$0].step) && chunk.steps[$0].step <= entry.limit
      }
      selection.add(chunk.steps, chosen, chunk.blocks)
    }
    return selection.sorted
  }

  /// A chunk from memory, or as it lies in the files; nil where it is damaged.
  private func decoded(
    _ header: RunChunkHeader, at offset: Int, _ stepsFile: Int32, _ blocksFile: Int32
  ) -> Decoded? {
    let known = state.withLock { state -> Decoded? in
      let place = state.decoded.firstIndex { $0.offset == offset && $0.header == header }
      guard let place else { return nil }
      state.decoded.append(state.decoded.remove(at: place))
      return state.decoded.last
    }
    if let known { return known }
    let payload = readBytes(stepsFile, offset + RowChunk.stepsHeader, header.payload)
    guard let rows = RowChunk.decodeSteps(payload, header) else { return nil }
    let bytes = readBytes(blocksFile, header.blockOffset, header.blockLength)
    let chunk = Decoded(
      offset: offset, header: header, steps: rows,
      blocks: RowChunk.decodeBlocks(bytes, header, rows))
    // A figure that cannot be read yet may be there at the next look.
    guard chunk.blocks != nil else { return chunk }
    state.withLock { state in
      state.decoded.append(chunk)
      if state.decoded.count > Self.decodedLimit { state.decoded.removeFirst() }
    }
    return chunk
  }

  /// Takes notice of what was written, or of files that were put in place of the ones known.
  private func refresh() {
    let directory = directory
    state.withLock { state in
      if state.steps < 0 { Self.open(directory, &state) }
      guard state.steps >= 0, state.problem == nil else { return }
      let size = fileSize(state.steps)
      guard size != state.size else { return }
      state.size = size
      if !Self.isCurrent(state.index, state.steps) { state.index = RowIndex() }
      let file = state.steps
      do throws(RunError) {
        try state.index.extend(upTo: size, path: directory.stepsPath) { readBytes(file, $0, $1) }
      } catch {
        state.problem = error
      }
    }
  }

  /// Whether the last known chunk is still there: the run may have gone back and on since.
  private static func isCurrent(_ index: RowIndex, _ file: Int32) -> Bool {
    guard let last = index.entries.last else { return index.end == 0 }
    guard
      case .chunk(let header) = RowChunk.find(readBytes(file, last.offset, RowChunk.stepsHeader))
    else { return false }
    return header == last.header && index.end <= fileSize(file)
  }

  private static func open(_ directory: RunDirectory, _ state: inout State) {
    state.steps = openForReading(directory.stepsPath)
    state.blocks = openForReading(directory.blocksPath)
    if state.steps >= 0, state.blocks < 0 {
      close(state.steps)
      state.steps = -1
    }
  }

  /// A regular file, or -1.
  private static func openForReading(_ path: String) -> Int32 {
    #if canImport(Glibc)
      let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #else
      let file = Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #endif
    guard file >= 0 else { return -1 }
    var status = stat()
    if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return file }
    close(file)
    return -1
  }
}

/// Rows gathered from several chunks, put in order: step by step, arms and seeds ascending.
private struct RowSelection {
  private let blockCount: Int
  private var steps: [StepRow] = []
  private var blocks: [BlockRow] = []

  init(blockCount: Int) { self.blockCount = blockCount }

  /// Adds rows of one chunk; the figures of blocks that cannot be read are not numbers.
  mutating func add(_ rows: [StepRow], _ chosen: [Int], _ figures: [BlockRow]?) {
    for row in chosen {
      steps.append(rows[row])
      if let figures {
        blocks += figures[row * blockCount..<(row + 1) * blockCount]
      } else {
        blocks += repeatElement(.unknown, count: blockCount)
      }
    }
  }

  /// Of rows that are there twice, the one written last.
  var sorted: RunRows {
    let order = steps.indices.sorted {
      (steps[$0].step, steps[$0].arm, steps[$0].seed, $0)
        < (steps[$1].step, steps[$1].arm, steps[$1].seed, $1)
    }
    var rows = RunRows(blockCount: blockCount)
    for (place, index) in order.enumerated() {
      let row = steps[index]
      if place + 1 < order.count {
        let next = steps[order[place + 1]]
        if next.step == row.step, next.arm == row.arm, next.seed == row.seed { continue }
      }
      rows.append(row, blocks: blocks[index * blockCount..<(index + 1) * blockCount])
    }
    return rows
  }
}

extension BlockRow {
  /// A block of which nothing is known.
  fileprivate static var unknown: BlockRow {
    var row = BlockRow()
    (row.keptShare, row.keep, row.scale) = (.nan, .nan, .nan)
    return row
  }
}
