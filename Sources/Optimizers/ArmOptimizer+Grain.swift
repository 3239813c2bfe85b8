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
      for i in 0..<count { kept[i] = forced ? 1 : 0 }
    } else {
      tossGroups(entry, masks, keep, coins, context.step, step.block)
    }
    var ones = 0
    for i in 0..<count where kept[i] != 0 { ones += 1 }
    outcomes[step.block].keptShare = Float(ones) / Float(max(1, count))
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
    case .element: tossElements(rows * columns, keep, coins, step, block)
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
      for i in first * columns..<end * columns { kept[i] = coin }
    }
  }

  private mutating func tossColumns(
    _ rows: Int, _ columns: Int, groups: Int, _ keep: Double, _ coins: Coins, _ step: Int,
    _ block: Int
  ) {
    for group in 0..<groups {
      let coin: Float = coins.uniform(step: step, block: block, group: group) < keep ? 1 : 0
      for column in columns * group / groups..<columns * (group + 1) / groups {
        kept[column] = coin
      }
    }
    for row in 1..<max(1, rows) {
      for column in 0..<columns { kept[row * columns + column] = kept[column] }
    }
  }

  private mutating func tossElements(
    _ count: Int, _ keep: Double, _ coins: Coins, _ step: Int, _ block: Int
  ) {
    for quad in 0..<(count + 3) / 4 {
      let uniforms = coins.quad(step: step, block: block, quad: quad)
      for lane in 0..<min(4, count - 4 * quad) {
        kept[4 * quad + lane] = uniforms[lane] < keep ? 1 : 0
      }
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
    var ones = 0
    for i in g.indices {
      let agrees = displacement[i] * g[unchecked: i] > 0
      kept[i] = agrees ? 1 : 0
      if agrees { ones += 1 }
    }
    let share = Double(ones) / Double(max(1, g.count))
    let scale = masks.rescale == .keep ? Double(g.count) / Double(ones + 1) : 1
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
