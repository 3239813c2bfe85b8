/// What happened to one block in one step, in two bytes.
package struct BlockCell: Sendable, Equatable {
  package enum State: UInt8, Sendable, CaseIterable {
    /// The update was applied.
    case kept
    /// The update was dropped by the coin.
    case masked
    /// The block never takes part in masking; its update is always applied.
    case excluded
    /// Nothing is known of this step.
    case missing
  }

  package var state: State
  private var quantizedAlignment: Int8

  /// `alignment` in [−1, 1] is stored in steps of 1/127; nil or NaN when there is none.
  package init(_ state: State, alignment: Double? = nil) {
    self.state = state
    guard let alignment, !alignment.isNaN else {
      quantizedAlignment = .min
      return
    }
    quantizedAlignment = Int8((min(max(alignment, -1), 1) * 127).rounded())
  }

  /// Cosine between momentum and gradient, to 1/254; nil when there is none.
  package var alignment: Double? {
    quantizedAlignment == .min ? nil : Double(quantizedAlignment) / 127
  }

  static let missing = BlockCell(.missing)
}

/// The last steps of every block of one arm as a raster, with counts over the whole run.
///
/// Memory is `2 · blockCount · capacity` bytes; appending a step costs O(blockCount).
package struct BlockHistory: Sendable, Equatable {
  package let blockCount: Int
  package let capacity: Int
  /// Steps held, at most `capacity`.
  package private(set) var stepCount = 0
  /// The newest step held, nil while empty.
  package private(set) var newestStep: Int?
  /// Per block, the steps in which its update was applied, and those in which it was dropped.
  package private(set) var keptCounts: [Int]
  package private(set) var maskedCounts: [Int]
  private var cells: [BlockCell]
  private var steps: [Int]
  private var nextSlot = 0

  package init(blockCount: Int, capacity: Int = 512) {
    precondition(blockCount >= 0 && capacity > 0, "a block history needs room for one step")
    self.blockCount = blockCount
    self.capacity = capacity
    keptCounts = [Int](repeating: 0, count: blockCount)
    maskedCounts = keptCounts
    cells = [BlockCell](repeating: .missing, count: blockCount * capacity)
    steps = [Int](repeating: 0, count: capacity)
  }

  /// Enters one step, `cells[b]` telling of block b; there must be one cell per block.
  package mutating func append(step: Int, _ newCells: some Collection<BlockCell>) {
    precondition(newCells.count == blockCount, "a step needs one cell per block")
    for (block, cell) in newCells.enumerated() {
      cells[nextSlot * blockCount + block] = cell
      if cell.state == .kept { keptCounts[block] += 1 }
      if cell.state == .masked { maskedCounts[block] += 1 }
    }
    steps[nextSlot] = step
    newestStep = step
    nextSlot = (nextSlot + 1) % capacity
    stepCount = min(stepCount + 1, capacity)
  }

  /// The cell of `block`, `age` steps before the newest (0); `missing` outside of what is held.
  package func cell(block: Int, age: Int) -> BlockCell {
    guard (0..<stepCount).contains(age), (0..<blockCount).contains(block) else { return .missing }
    return cells[slot(age) * blockCount + block]
  }

  /// The step recorded `age` entries before the newest.
  package func step(age: Int) -> Int? {
    (0..<stepCount).contains(age) ? steps[slot(age)] : nil
  }

  /// The age of the newest entry at or before `step`, for scrubbing; nil when it is gone.
  package func age(of step: Int) -> Int? {
    (0..<stepCount).first { steps[slot($0)] <= step }
  }

  /// Share of the block's updates that were dropped over the run; nil when it was never masked.
  package func maskRate(block: Int) -> Double? {
    let total = keptCounts[block] + maskedCounts[block]
    return total == 0 ? nil : Double(maskedCounts[block]) / Double(total)
  }

  private func slot(_ age: Int) -> Int { (nextSlot - 1 - age + 2 * capacity) % capacity }
}
