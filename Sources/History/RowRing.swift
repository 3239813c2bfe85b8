import RunModel

/// The newest rows of a run as they came, within a budget of bytes.
struct RowRing {
  private var chunks: [RunRows] = []
  private var bytes = 0
  private let budget: Int
  /// From this step on every row is here.
  private(set) var firstCompleteStep = 1

  /// Step rows of a chunk; what is dropped at a time.
  private static let chunkCount = 128

  init(budget: Int) { self.budget = budget }

  mutating func append(_ row: StepRow, _ blocks: ArraySlice<BlockRow>) {
    if chunks.last.map({ $0.steps.count >= Self.chunkCount }) ?? true {
      makeRoom()
      var chunk = RunRows(blockCount: blocks.count)
      chunk.steps.reserveCapacity(Self.chunkCount)
      chunk.blocks.reserveCapacity(Self.chunkCount * blocks.count)
      chunks.append(chunk)
      bytes += chunk.capacityBytes(Self.chunkCount)
    }
    chunks[chunks.count - 1].append(row, blocks: blocks)
  }

  private mutating func makeRoom() {
    while bytes > budget, let oldest = chunks.first {
      firstCompleteStep = max(firstCompleteStep, (oldest.steps.map(\.step).max() ?? 0) + 1)
      bytes -= oldest.capacityBytes(Self.chunkCount)
      chunks.removeFirst()
    }
  }

  /// Says that the rows up to `step` are to be found elsewhere.
  mutating func skip(to step: Int) { firstCompleteStep = max(firstCompleteStep, step + 1) }

  /// Gives every row whose step lies in `steps`, each track's in order.
  func forEach(in steps: ClosedRange<Int>, _ body: (StepRow, ArraySlice<BlockRow>) -> Void) {
    for chunk in chunks where chunk.overlaps(steps) {
      for place in chunk.steps.indices where steps.contains(chunk.steps[place].step) {
        body(chunk.steps[place], chunk.blocks(ofRow: place))
      }
    }
  }
}

extension RunRows {
  fileprivate func capacityBytes(_ count: Int) -> Int {
    count * (MemoryLayout<StepRow>.stride + blockCount * MemoryLayout<BlockRow>.stride)
  }

  /// Whether rows of these steps may be among the rows; steps nearly ascend.
  fileprivate func overlaps(_ range: ClosedRange<Int>) -> Bool {
    steps.contains { range.contains($0.step) }
  }
}
