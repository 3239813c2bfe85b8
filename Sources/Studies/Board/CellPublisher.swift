import EventStream
import Foundation
import RunModel

/// Puts finished cells on the disk from a thread of its own, as many at a time as have gathered.
///
/// A cell is there only once its bytes are safe: written aside, synced, then linked into place. One
/// sync serves all cells that wait for it, so that tiny cells do not wait for the disk each.
final class CellPublisher: Sendable {
  struct Cell: Sendable {
    var result: CellResult
    var times: CellTimes
  }

  enum Answer: Sendable {
    case kept(Cell)
    /// Another worker's result of the same cell has other bytes.
    case differs(Cell)
    case failed(RunError)
  }

  private struct State: Sendable {
    var waiting: [Cell] = []
    var isBusy = false
    var isClosed = false
  }

  private let folder: BoardFolder
  private let owner: String
  private let onAnswer: @Sendable (Answer) -> Void
  private let state = Locked(State())
  private let call = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  init(_ folder: BoardFolder, owner: String, onAnswer: @escaping @Sendable (Answer) -> Void) {
    (self.folder, self.owner, self.onAnswer) = (folder, owner, onAnswer)
  }

  func start() throws(RunError) {
    try BackgroundThread.start("publisher") { [self] in
      while publishNext() {}
      ended.signal()
    }
  }

  func publish(_ cell: Cell) {
    state.withLock { $0.waiting.append(cell) }
    call.signal()
  }

  /// Keeps what waits, then ends; returns when that is done.
  func close() {
    state.withLock { $0.isClosed = true }
    call.signal()
    ended.wait()
  }

  /// Whether every cell handed over has been answered.
  var isIdle: Bool { state.withLock { $0.waiting.isEmpty && !$0.isBusy } }

  private func publishNext() -> Bool {
    call.wait()
    let (cells, isLast) = state.withLock { state in
      defer { (state.waiting, state.isBusy) = ([], true) }
      return (state.waiting, state.isClosed)
    }
    publish(cells)
    return state.withLock { state in
      state.isBusy = false
      return !isLast || !state.waiting.isEmpty
    }
  }

  private func publish(_ cells: [Cell]) {
    let isShared = cells.count > 3
    var asides: [(cell: Cell, aside: String)] = []
    for cell in cells {
      do {
        asides.append((cell, try write(cell, isSynced: !isShared)))
      } catch {
        onAnswer(.failed(.wrapping(error)))
      }
    }
    if isShared { syncAll(asides.map(\.aside)) }
    _ = FaultPoint.cellSynced.error()
    for (cell, aside) in asides { place(cell, aside) }
  }

  private func write(_ cell: Cell, isSynced: Bool) throws -> String {
    // What it cost is no part of the result, and not worth waiting for the disk.
    try folder.replace(
      folder.times(cell.times.id), with: JSONLinesFile.text([cell.times]), owner: owner,
      isSynced: false, write: .timesWrite)
    return try folder.writeAside(
      cell.result.line, for: folder.cell(cell.result.id), owner: owner, isSynced: isSynced)
  }

  /// `syncfs`, which the system's headers show to programs with extensions only; nil where there is none.
  private static let syncFileSystem: (@convention(c) (Int32) -> Int32)? =
    dlsym(nil, "syncfs").map { unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self) }

  /// One sync for all; file by file where the system cannot do that.
  private func syncAll(_ asides: [String]) {
    let directory = open(folder.directory.path, O_RDONLY | O_CLOEXEC)
    defer { if directory >= 0 { Foundation.close(directory) } }
    if directory >= 0, Self.syncFileSystem?(directory) == 0 { return }
    for aside in asides {
      let file = open(aside, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { continue }
      fsync(file)
      Foundation.close(file)
    }
  }

  private func place(_ cell: Cell, _ aside: String) {
    do throws(RunError) {
      switch try folder.place(aside, at: folder.cell(cell.result.id)) {
      case .made, .wasThere(isSame: true):
        _ = FaultPoint.cellLinked.error()
        onAnswer(.kept(cell))
      case .wasThere(isSame: false): onAnswer(.differs(cell))
      }
    } catch {
      onAnswer(.failed(error))
    }
  }
}
