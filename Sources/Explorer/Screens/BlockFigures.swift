import Metrics
import RunModel
import TerminalUI

extension ExplorerState {
  /// Blocks as the Blocks screen lists them: filtered, in the chosen order.
  package var orderedBlocks: [Int] {
    let blocks = run.summary?.blocks ?? []
    let wanted = blockFilter.lowercased()
    let kept = blocks.indices.filter {
      wanted.isEmpty || blocks[$0].shortName.lowercased().contains(wanted)
        || blocks[$0].role.rawValue.contains(wanted)
    }
    guard screen == .blocks, blockOrder != .block,
      let arm = (maskedArm ?? run.arms.indices.first).map({ run.arms[$0] })
    else { return isBlockOrderReversed && screen == .blocks ? kept.reversed() : kept }
    let sorted = kept.sorted { left, right in
      let (a, b) = (figure(blockOrder, of: left, in: arm), figure(blockOrder, of: right, in: arm))
      return a == b ? left < right : (a ?? -.infinity) > (b ?? -.infinity)
    }
    return isBlockOrderReversed ? sorted.reversed() : sorted
  }

  /// The figure of a column; nil where it does not apply.
  func figure(_ column: BlockColumn, of block: Int, in arm: ArmRecord) -> Double? {
    guard arm.blocks.latest.indices.contains(block) else { return nil }
    let latest = arm.blocks.latest[block]
    let value: Double?
    switch column {
    case .block: value = Double(block)
    case .maskRate: value = arm.blocks.history.maskRate(block: block)
    case .alignment: value = alignment(of: block, in: arm)
    case .scale: value = latest.map { Double($0.scale) }
    case .updateNorm: value = latest.map { Double($0.updateNorm) }
    case .distance: value = arm.blocks.travelled[block]
    case .curvature: value = reading(.curvature, of: block, in: arm)
    case .sharpness: value = reading(.sharpness, of: block, in: arm)
    case .effectiveRate: value = effectiveRate(of: block, in: arm)
    case .ratio: value = latest.map { Double($0.updateNorm / $0.weightNorm) }
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// What a probe last said of the block.
  private func reading(_ kind: ProbeKind, of block: Int, in arm: ArmRecord) -> Double? {
    guard let perBlock = run.probes.latest(kind, arm: arm.id)?.perBlock else { return nil }
    return perBlock.indices.contains(block) ? perBlock[block] : nil
  }

  /// Learning rate times the block's keep times its scale; the rate itself where nothing is masked.
  private func effectiveRate(of block: Int, in arm: ArmRecord) -> Double? {
    let isMaskable = run.summary?.blocks[block].isMaskable == true
    if arm.specification.isMatched, isMaskable {
      return arm.track.effectiveRate.value(at: Double(shownStep))?.last
    }
    guard let rate = arm.track.learningRate.value(at: Double(shownStep))?.last else { return nil }
    guard arm.blocks.isMasked(block), let scale = arm.blocks.latest[block]?.scale,
      scale.isFinite
    else { return rate }
    let isConstant = arm.specification.values["maskPolicy"]?.text ?? "constant" == "constant"
    let dropped =
      isConstant && arm.hasMask
      ? arm.maskProbability : arm.blocks.history.maskRate(block: block)
    return rate * (1 - (dropped ?? 0)) * Double(scale)
  }

  /// The alignment at the shown step.
  private func alignment(of block: Int, in arm: ArmRecord) -> Double? {
    blockAge(arm).flatMap { arm.blocks.history.cell(block: block, age: $0).alignment }
  }

  func text(_ column: BlockColumn, of block: Int, in arm: ArmRecord) -> String {
    let value = figure(column, of: block, in: arm)
    switch column {
    case .block: return run.summary?.blocks[block].shortName ?? "#\(block)"
    case .maskRate, .scale: return Shown.share(value, decimals: 3)
    case .alignment: return Shown.share(value)
    case .updateNorm, .effectiveRate, .ratio: return Shown.rate(value)
    case .distance, .curvature, .sharpness: return Shown.number(value)
    }
  }
}
