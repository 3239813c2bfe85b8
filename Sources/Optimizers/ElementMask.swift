import RunModel
import TensorKernels

/// One toss: who asks, and how likely the answer is "keep".
struct Toss {
  let coins: Coins
  /// The step whose coin holds, and the block that stands for the unit.
  let step: Int
  let unit: Int
  /// The block that is decided about.
  let block: Int
  var keep: Double

  func keeps(group: Int = 0) -> Bool {
    coins.uniform(step: step, block: unit, group: group) < keep
  }
}

/// 0 or 1 for every element of the block at hand, where a mask is finer than the tensor.
struct ElementMask: Sendable {
  /// Row-major, as the block lies; longer than it where another block is the largest.
  private(set) var kept: [Float]

  init(count: Int) { kept = Array(repeating: 1, count: count) }

  /// How many of the first `count` elements are kept; a sum of squares of zeros and ones.
  func ones(_ count: Int) -> Int { Int(squaredNorm(kept, 0..<count)) }

  mutating func fill(_ range: Range<Int>, with coin: Bool) {
    var kept = kept.mutableSpan
    for i in range { kept[i] = coin ? 1 : 0 }
  }

  mutating func take(_ values: [Float], count: Int) {
    for i in 0..<count { kept[i] = values[i] }
  }

  /// `φ = [Δ·g > 0]`
  mutating func takeAgreement(_ displacement: [Float], _ gradient: Span<Float>) {
    Kernels().agreement(displacement, gradient, into: &kept)
  }

  /// One coin for every group of the grain.
  mutating func draw(_ toss: Toss, _ grain: MaskSettings.Grain, _ entry: TensorLayout.Entry) {
    let (rows, columns) = entry.matrixShape
    let heads = entry.block.heads
    switch grain {
    case .row: drawRows(toss, rows, columns, groups: rows)
    case .column: drawColumns(toss, rows, columns, groups: columns)
    case .head where heads != nil && entry.block.headsDivideColumns:
      drawColumns(toss, rows, columns, groups: heads ?? 1)
    case .head: drawRows(toss, rows, columns, groups: heads ?? 1)
    case .element:
      Kernels().toss(
        toss.coins, step: toss.step, block: toss.unit, keep: toss.keep, into: &kept,
        count: rows * columns)
    case .tensor, .module, .layer: fill(0..<rows * columns, with: toss.keeps())
    }
  }

  private mutating func drawRows(_ toss: Toss, _ rows: Int, _ columns: Int, groups: Int) {
    for group in 0..<groups {
      let (first, end) = (rows * group / groups, rows * (group + 1) / groups)
      fill(first * columns..<end * columns, with: toss.keeps(group: group))
    }
  }

  private mutating func drawColumns(_ toss: Toss, _ rows: Int, _ columns: Int, groups: Int) {
    for group in 0..<groups {
      fill(
        columns * group / groups..<columns * (group + 1) / groups, with: toss.keeps(group: group))
    }
    for row in 1..<max(1, rows) {
      for column in 0..<columns { kept[row * columns + column] = kept[column] }
    }
  }
}
