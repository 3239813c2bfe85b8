/// What happened to one block in one step, in three bytes.
package struct BlockCell: Sendable, Equatable {
  package enum State: UInt8, Sendable, CaseIterable {
    /// The update was applied, at least to half of the block.
    case kept
    /// The update was dropped by the coin, or most of it at a finer grain than the tensor.
    case masked
    /// The block never takes part in masking; its update is always applied.
    case excluded
    /// Nothing is known of this step.
    case missing
  }

  package let state: State
  private let quantizedShare: UInt8
  private let quantizedAlignment: Int8

  private init(_ state: State, share: UInt8, alignment: Int8) {
    (self.state, quantizedShare, quantizedAlignment) = (state, share, alignment)
  }

  /// A maskable block of which `keptShare` (0...1, kept in steps of 1/255) was updated.
  ///
  /// `alignment` in [−1, 1] is kept in steps of 1/127; nil or NaN when there is none.
  package init(keptShare: Double, alignment: Double? = nil) {
    let share = keptShare.isNaN ? 1 : min(max(keptShare, 0), 1)
    self.init(
      share >= 0.5 ? .kept : .masked, share: UInt8((share * 255).rounded()),
      alignment: Self.quantized(alignment))
  }

  /// A block outside of masking.
  package static func excluded(alignment: Double? = nil) -> BlockCell {
    BlockCell(.excluded, share: 255, alignment: quantized(alignment))
  }

  /// Share of the block's elements whose update was applied.
  package var keptShare: Double { Double(quantizedShare) / 255 }

  /// Cosine between momentum and gradient, to 1/254; nil when there is none.
  package var alignment: Double? {
    quantizedAlignment == .min ? nil : Double(quantizedAlignment) / 127
  }

  private static func quantized(_ alignment: Double?) -> Int8 {
    guard let alignment, !alignment.isNaN else { return .min }
    return Int8((min(max(alignment, -1), 1) * 127).rounded())
  }

  package static let missing = BlockCell(.missing, share: 0, alignment: .min)
}

/// The last steps of every block of one arm as a raster.
///
/// Memory is `3 · blockCount · capacity` bytes; appending a step costs O(blockCount).
package struct BlockHistory: Sendable, Equatable {
  package let blockCount: Int
  package let capacity: Int
  /// Steps held, at most `capacity`.
  package private(set) var stepCount = 0
  /// The newest step held, nil while empty.
  package private(set) var newestStep: Int?
  private var cells: [BlockCell]
  private var steps: [Int]
  private var nextSlot = 0

  package init(blockCount: Int, capacity: Int = 512) {
    precondition(blockCount >= 0 && capacity > 0, "a block history needs room for one step")
    self.blockCount = blockCount
    self.capacity = capacity
    cells = [BlockCell](repeating: .missing, count: blockCount * capacity)
    steps = [Int](repeating: 0, count: capacity)
  }

  /// Enters one step.
  package mutating func append(step: Int, cell: (_ block: Int) -> BlockCell) {
    for block in 0..<blockCount { cells[nextSlot * blockCount + block] = cell(block) }
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

  private func slot(_ age: Int) -> Int { (nextSlot - 1 - age + 2 * capacity) % capacity }

  package var unsharedBytes: Int {
    cells.count * MemoryLayout<BlockCell>.stride + steps.count * MemoryLayout<Int>.stride
  }
}
