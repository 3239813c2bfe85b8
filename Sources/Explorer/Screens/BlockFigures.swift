import History
import Metrics
import RunModel
import TerminalUI

extension ExplorerState {
  /// Blocks as the Blocks screen lists them: filtered, in the chosen order.
  package var orderedBlocks: [Int] {
    let kept = keptBlocks
    guard screen == .blocks, blockOrder != .block,
      let arm = distributedArm
    else { return isBlockOrderReversed && screen == .blocks ? kept.reversed() : kept }
    let sorted = kept.sorted { left, right in
      let (a, b) = (figure(blockOrder, of: left, in: arm), figure(blockOrder, of: right, in: arm))
      return a == b ? left < right : (a ?? -.infinity) > (b ?? -.infinity)
    }
    return isBlockOrderReversed ? sorted.reversed() : sorted
  }

  /// The blocks that the filter lets through, in the model's order.
  var keptBlocks: [Int] {
    let blocks = shown.blocks
    guard !blockFilter.isEmpty else { return Array(blocks.indices) }
    let wanted = blockFilter.lowercased()
    return blocks.indices.filter {
      blocks[$0].shortName.lowercased().mentions(wanted)
        || blocks[$0].role.rawValue.mentions(wanted)
    }
  }

  /// The arm whose blocks and distributions are shown.
  var distributedArm: ArmMoment? {
    let arms = shown.arms
    return (maskedArm ?? arms.indices.first).map { arms[$0] }
  }

  func isHidden(_ arm: ArmMoment) -> Bool {
    hiddenArms.indices.contains(arm.place) && hiddenArms[arm.place]
  }

  /// The figure of a column; nil where it does not apply.
  func figure(_ column: BlockColumn, of block: Int, in arm: ArmMoment) -> Double? {
    guard let tally = arm.tally(block) else { return nil }
    let value: Double?
    switch column {
    case .block: value = Double(block)
    case .maskRate: value = tally.maskRate
    case .alignment: value = Double(tally.row.alignment)
    case .scale: value = Double(tally.row.scale)
    case .updateNorm: value = Double(tally.row.updateNorm)
    case .distance: value = tally.distance
    case .curvature: value = reading(.curvature, of: block, in: arm)
    case .sharpness: value = reading(.sharpness, of: block, in: arm)
    case .effectiveRate: value = effectiveRate(of: block, in: arm)
    case .ratio: value = Double(tally.row.updateNorm / tally.weightNorm)
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// What a probe last said of the block.
  private func reading(_ kind: ProbeKind, of block: Int, in arm: ArmMoment) -> Double? {
    guard let perBlock = shown.probes.latest(kind, arm.id)?.perBlock else { return nil }
    return perBlock.indices.contains(block) ? perBlock[block] : nil
  }

  /// Learning rate times the block's keep times its scale; the rate itself where nothing is masked.
  private func effectiveRate(of block: Int, in arm: ArmMoment) -> Double? {
    guard let row = arm.track?.row, let tally = arm.tally(block) else { return nil }
    if arm.specification.isMatched, shown.blocks[block].isMaskable {
      return row.effectiveLearningRate
    }
    guard tally.row.isMasked else { return row.learningRate }
    return row.learningRate * Double(tally.row.keep) * Double(tally.row.scale)
  }

  func text(_ column: BlockColumn, of block: Int, in arm: ArmMoment) -> String {
    let value = figure(column, of: block, in: arm)
    switch column {
    case .block: return shown.blocks[block].shortName
    case .maskRate, .scale: return Shown.share(value, decimals: 3)
    case .alignment: return Shown.share(value)
    case .updateNorm, .effectiveRate, .ratio: return Shown.rate(value)
    case .distance, .curvature, .sharpness: return Shown.number(value)
    }
  }
}
