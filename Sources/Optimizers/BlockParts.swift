import RunModel
import TensorKernels

/// A layout divided in two: blocks that a base treats in its own way, and the others.
struct BlockParts: Sendable {
  let isSelected: [Bool]
  /// What a block's place in the arena exceeds its place in its part's state by.
  private let shifts: [Int]
  let selectedCount: Int
  let otherCount: Int

  init(_ layout: TensorLayout, _ isSelected: (TensorLayout.Entry) -> Bool) {
    let flags = layout.entries.map(isSelected)
    var (selected, other) = (0, 0)
    var shifts: [Int] = []
    for (entry, flag) in zip(layout.entries, flags) {
      shifts.append(entry.range.lowerBound - (flag ? selected : other))
      if flag { selected += entry.range.count } else { other += entry.range.count }
    }
    self.isSelected = flags
    self.shifts = shifts
    (selectedCount, otherCount) = (selected, other)
  }

  func shifted(_ step: BlockStep) -> BlockStep {
    var step = step
    step.shift = shifts[step.block]
    return step
  }
}

extension TensorLayout.Entry {
  /// A matrix inside the model: attention or MLP, two dimensions.
  var isHiddenMatrix: Bool { shape.count == 2 && (role == .attention || role == .mlp) }
}
