/// A stretch of one row that has to be sent again.
package struct ChangedRun: Hashable, Sendable {
  package let y: Int
  package let columns: Range<Int>

  package init(y: Int, columns: Range<Int>) {
    self.y = y
    self.columns = columns
  }
}

extension CellBuffer {
  /// A picture that differs from every other in every cell: what a terminal shows before anything
  /// is known of it.
  package static func unknown(_ size: Size) -> CellBuffer {
    var buffer = CellBuffer(size)
    for y in 0..<size.height {
      for x in 0..<size.width { buffer.set(Cell("\u{ffff}"), x: x, y: y) }
    }
    return buffer
  }

  /// Takes a stretch over from another picture of the same size.
  package mutating func take(_ run: ChangedRun, from other: CellBuffer) {
    precondition(size == other.size, "stretches belong to pictures of one size")
    for x in run.columns { set(other.cells[run.y * width + x], x: x, y: run.y) }
  }

  /// The stretches in which this picture differs from what the terminal shows; everything when
  /// nothing (or another size) is shown.
  ///
  /// A stretch never begins or ends within a wide character. O(cells), no allocation when equal.
  package func changes(from shown: CellBuffer?) -> [ChangedRun] {
    guard let shown, shown.size == size else {
      return (0..<height).filter { _ in width > 0 }.map { ChangedRun(y: $0, columns: 0..<width) }
    }
    var runs: [ChangedRun] = []
    cells.withUnsafeBufferPointer { new in
      shown.cells.withUnsafeBufferPointer { old in
        for y in 0..<height { appendChanges(inRow: y, new, old, to: &runs) }
      }
    }
    return runs
  }

  private func appendChanges(
    inRow y: Int, _ new: UnsafeBufferPointer<Cell>, _ old: UnsafeBufferPointer<Cell>,
    to runs: inout [ChangedRun]
  ) {
    let base = y * width
    var x = 0
    while x < width {
      guard new[base + x] != old[base + x] else {
        x += 1
        continue
      }
      var start = x
      while start > 0 && (new[base + start].isContinuation || old[base + start].isContinuation) {
        start -= 1
      }
      while x < width
        && (new[base + x] != old[base + x] || new[base + x].isContinuation
          || old[base + x].isContinuation)
      { x += 1 }
      runs.append(ChangedRun(y: y, columns: start..<x))
    }
  }
}
