import RunModel

/// The dense figures of a run on their way from training to whoever keeps them; nothing is lost.
///
/// Posting takes one lock a step and arm and never waits for the reader. A reader that stays away
/// until `limit` bytes wait is counted as missing: what comes then is dropped, and counted.
package final class RowMailbox: Sendable {
  private let contents: Locked<RunRows>
  private let limit: Int

  /// - Parameter limit: bytes that may wait; a gigabyte holds minutes of the fastest runs.
  package init(blockCount: Int, limit: Int = 1 << 30) {
    contents = Locked(RunRows(blockCount: blockCount))
    self.limit = limit
  }

  /// Adds a step with the rows of all its blocks.
  package func post(_ step: StepRow, blocks: [BlockRow]) {
    contents.withLock { rows in
      let waiting =
        rows.steps.count * MemoryLayout<StepRow>.stride
        + rows.blocks.count * MemoryLayout<BlockRow>.stride
      if waiting > limit {
        rows.droppedCount += 1
      } else {
        rows.append(step, blocks: blocks)
      }
    }
  }

  /// Takes everything posted so far; `rows` gives its storage in exchange, so that posting does not
  /// allocate in the long run.
  package func drain(into rows: inout RunRows) {
    rows.removeAll()
    contents.withLock { waiting in
      // The storage may come from anybody: the run's blocks stay as many as they are.
      rows.blockCount = waiting.blockCount
      swap(&waiting, &rows)
    }
  }
}

extension RowMailbox {
  /// Rows to drain into.
  package var empty: RunRows { RunRows(blockCount: contents.withLock(\.blockCount)) }
}
