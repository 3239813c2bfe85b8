import RunModel
import TensorKernels

/// Looks at one block of a trainer around a step: nothing of it flows back into training.
struct BlockLooking {
  let block: Int
  private let entry: TensorLayout.Entry
  /// The weights before the step.
  private let before: [Float]

  /// The most cells a look has; more would not fit a screen.
  private static let most = (rows: 32, columns: 64)

  /// Remembers the weights as they are; O(block).
  init(block: Int, of layout: TensorLayout, weights: Span<Float>) {
    self.block = block
    entry = layout.entries[block]
    before = Self.copy(weights, entry.range)
  }

  /// What the step that was just made did to the block.
  func look(
    arm: ArmID, step: Int, weights: Span<Float>, gradients: Span<Float>, momentum: [Float]
  ) -> BlockLook {
    let after = Self.copy(weights, entry.range)
    let moved = zip(before, after).map { $0 - $1 }
    let still: [Float] = moved.map { $0 == 0 ? 1 : 0 }
    let (rows, columns) = entry.matrixShape
    var byRow = [Float](repeating: 0, count: rows)
    var byColumn = [Float](repeating: 0, count: columns)
    for index in still.indices {
      byRow[index / columns] += still[index]
      byColumn[index % columns] += still[index]
    }
    return BlockLook(
      arm: arm, step: step, block: block, gradient: grid(Self.copy(gradients, entry.range)),
      momentum: momentum.isEmpty ? nil : grid(momentum), displacement: grid(moved),
      still: grid(still), stillRows: byRow.count { $0 == Float(columns) },
      stillColumns: byColumn.count { $0 == Float(rows) },
      stillElements: still.count { $0 == 1 }, rows: rows, columns: columns)
  }

  private static func copy(_ values: Span<Float>, _ range: Range<Int>) -> [Float] {
    var copy: [Float] = []
    copy.reserveCapacity(range.count)
    for index in range { copy.append(values[index]) }
    return copy
  }

  private func grid(_ values: [Float]) -> BlockLook.Grid {
    let (rows, columns) = entry.matrixShape
    return BlockLook.Grid(rows: rows, columns: columns, values: values)
      .reduced(rows: Self.most.rows, columns: Self.most.columns)
  }
}
