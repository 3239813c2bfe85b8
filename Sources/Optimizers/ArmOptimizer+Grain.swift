import RunModel
import TensorKernels

/// Coins finer than the tensor, and the element-wise mask of `cautious`.
extension ArmOptimizer {
  /// Fills `kept` with 0 or 1 per element and records the share of ones.
  mutating func toss(
    _ step: BlockStep, _ masks: MaskSettings, _ keep: Double, _ coins: Coins,
    _ context: StepContext
  ) {
    let entry = layout.entries[step.block]
    let count = entry.range.count
    if let forced = forcedCoins[step.block] {
      fill(0..<count, with: forced ? 1 : 0)
    } else {
      tossGroups(entry, masks, keep, coins, context.step, step.block)
    }
    outcomes[step.block].keptShare = Float(ones(count)) / Float(max(1, count))
  }

  private mutating func tossGroups(
    _ entry: TensorLayout.Entry, _ masks: MaskSettings, _ keep: Double, _ coins: Coins,
    _ step: Int, _ block: Int
  ) {
    let (rows, columns) = entry.matrixShape
    let heads = entry.block.heads
    switch masks.grain {
    case .row: tossRows(rows, columns, groups: rows, keep, coins, step, block)
    case .column: tossColumns(rows, columns, groups: columns, keep, coins, step, block)
    case .head where heads != nil && entry.block.headsDivideColumns:
      tossColumns(rows, columns, groups: heads ?? 1, keep, coins, step, block)
    case .head: tossRows(rows, columns, groups: heads ?? 1, keep, coins, step, block)
    case .element:
      Kernels().toss(
        coins, step: step, block: block, keep: keep, into: &kept, count: rows * columns)
    case .tensor: tossRows(rows, columns, groups: 1, keep, coins, step, block)
    }
  }

  private mutating func tossRows(
    _ rows: Int, _ columns: Int, groups: Int, _ keep: Double, _ coins: Coins, _ step: Int,
    _ block: Int
  ) {
    for group in 0..<groups {
      let coin: Float = coins.uniform(step: step, block: block, group: group) < keep ? 1 : 0
      let first = rows * group / groups
      let end = rows * (group + 1) / groups
      fill(first * columns..<end * columns, with: coin)
    }
  }

  private mutating func fill(_ range: Range<Int>, with coin: Float) {
    var kept = kept.mutableSpan
    for i in range { kept[i] = coin }
  }

  /// How many of the first `count` elements are kept; a sum of squares of zeros and ones.
  private func ones(_ count: Int) -> Int { Int(squaredNorm(kept, 0..<count)) }

  private mutating func tossColumns(
    _ rows: Int, _ columns: Int, groups: Int, _ keep: Double, _ coins: Coins, _ step: Int,
    _ block: Int
  ) {
    for group in 0..<groups {
      let coin: Float = coins.uniform(step: step, block: block, group: group) < keep ? 1 : 0
      fill(columns * group / groups..<columns * (group + 1) / groups, with: coin)
    }
    for row in 1..<max(1, rows) {
      for column in 0..<columns { kept[row * columns + column] = kept[column] }
    }
  }

  /// Writes the elements that `kept` says.
  mutating func writeKept(
    _ whole: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>, measures: Bool
  ) {
    var step = whole
    var moved = 0.0
    for range in stretches(whole.range) {
      step.range = range
      base.displace(
        step, gradients: gradients, parameters: parameters.span, into: &displacement, at: 0)
      let offset = range.lowerBound - whole.range.lowerBound
      moved += rule.apply(
        displacement.span, kept: kept.span.extracting(offset..<offset + range.count),
        to: &parameters,
        at: range)
    }
    outcomes[whole.block].updateNorm = measures ? Float(moved.squareRoot()) : .nan
  }

  /// `φ = [Δ·g > 0]`, `θ ← θ − φ·Δ·n/(‖φ‖₀ + 1)` (Liang et al., 2024), deterministic.
  mutating func writeCautious(
    _ step: BlockStep, _ unscaled: WriteRule, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>, measures: Bool
  ) {
    absorb(step, gradients, parameters.span)
    displaceWhole(step, gradients, parameters.span)
    let g = gradients.extracting(step.range)
    Kernels().agreement(displacement, g, into: &kept)
    let ones = ones(g.count)
    let share = Double(ones) / Double(max(1, g.count))
    // Where no component agrees, as at a rate of 0, nothing moves and there is nothing to rescale.
    let scale = masks.rescale == .keep && ones > 0 ? Double(g.count) / Double(ones + 1) : 1
    outcomes[step.block].keptShare = Float(share)
    outcomes[step.block].keep = Float(share)
    outcomes[step.block].scale = Float(scale)
    let rule = unscaled.scalingDisplacement(by: scale)
    let moved = rule.apply(
      displacement.span, kept: kept.span, to: &parameters, at: step.range)
    outcomes[step.block].updateNorm = measures ? Float(moved.squareRoot()) : .nan
  }

  /// Δ of the whole block in `displacement`, stretch by stretch.
  private mutating func displaceWhole(
    _ whole: BlockStep, _ gradients: Span<Float>, _ parameters: Span<Float>
  ) {
    var step = whole
    for range in stretches(whole.range) {
      step.range = range
      base.displace(
        step, gradients: gradients, parameters: parameters, into: &displacement,
        at: range.lowerBound - whole.range.lowerBound)
    }
  }
}
