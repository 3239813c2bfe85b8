import RunModel
import TensorKernels

/// One masked step of one block: moments first, then the score, then the coin, then the write.
extension ArmOptimizer {
  mutating func stepMasked(
    _ block: Int, _ masks: MaskSettings, _ coins: Coins, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>, _ context: StepContext
  ) {
    var keep = constantKeep(block, masks, context)
    if masks.isSparse, !isKept(block, keep, coins, context) {
      freeze(block, keep, masks, context, &parameters)
      return
    }
    updates[block] += 1
    let step = blockStep(block, context)
    if masks.needsAlignment {
      let cosine = absorbAligned(step, masks, gradients, parameters.span)
      take(cosine, block, masks)
      if masks.kind == .sample { keep = Double(outcomes[block].score) }
    }
    let scale = multiplier(block, masks, keep)
    outcomes[block].keep = Float(keep)
    outcomes[block].scale = Float(scale)
    let rule = WriteRule(
      scale: scale, shrink: shrink(step), style: type(of: base).decayStyle,
      decaysOutside: masks.decaysOutside)
    let measures = context.measuresUpdates
    if masks.kind == .cautious {
      writeCautious(step, rule, masks, &parameters, gradients, measures: measures)
    } else if masks.grain != .tensor {
      if !masks.needsAlignment { absorb(step, gradients, parameters.span) }
      toss(step, masks, keep, coins, context)
      writeKept(step, rule, &parameters, gradients, measures: measures)
    } else if isKept(block, keep, coins, context) {
      outcomes[block].keptShare = 1
      if masks.needsAlignment {
        writeAll(step, rule, &parameters, gradients, measures: measures)
      } else {
        absorbAndWrite(step, rule, &parameters, gradients, measures: measures)
      }
    } else {
      if !masks.needsAlignment { absorb(step, gradients, parameters.span) }
      drop(step, rule, &parameters, measures: measures)
    }
  }

  /// The survival probability where it does not depend on this step's gradient; 1 without a coin.
  private func constantKeep(
    _ block: Int, _ masks: MaskSettings, _ context: StepContext
  ) -> Double {
    let beta = base.hasMomentum(block) ? base.momentumDecay(block) : masks.ownDecay.beta
    return MaskPolicy(settings: masks).keep(
      step: context.step, totalSteps: context.totalSteps, depth: plan.depths[block],
      averageCosine: Double(cosines[block]),
      null: masks.comparesBefore ? 0 : (1 - beta * beta).squareRoot())
  }

  private func isKept(
    _ block: Int, _ keep: Double, _ coins: Coins, _ context: StepContext
  ) -> Bool {
    guard masks?.kind.hasCoin == true else { return true }
    if let forced = forcedCoins[block] { return forced }
    return coins.uniform(step: context.step, block: block) < keep
  }

  /// Sparse moments: nothing of the block's state moves on a dropped step.
  private mutating func freeze(
    _ block: Int, _ keep: Double, _ masks: MaskSettings, _ context: StepContext,
    _ parameters: inout MutableSpan<Float>
  ) {
    outcomes[block].keep = Float(keep)
    outcomes[block].scale = Float(multiplier(block, masks, keep))
    // Nothing was compared: the moments did not see this gradient.
    (outcomes[block].alignment, outcomes[block].score) = (.nan, .nan)
    let step = blockStep(block, context)
    let rule = WriteRule(
      scale: 0, shrink: shrink(step), style: type(of: base).decayStyle,
      decaysOutside: masks.decaysOutside)
    drop(step, rule, &parameters, measures: context.measuresUpdates)
  }

  private mutating func drop(
    _ step: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>, measures: Bool
  ) {
    outcomes[step.block].keptShare = 0
    var moved = 0.0
    if masks?.decaysOutside == true { moved = rule.shrinkOnly(&parameters, at: step.range) }
    outcomes[step.block].updateNorm = measures ? Float(moved.squareRoot()) : .nan
  }

  /// Averages the score into the block's scale and records both.
  private mutating func take(_ cosine: Double, _ block: Int, _ masks: MaskSettings) {
    outcomes[block].alignment = Float(cosine)
    let ema = masks.hasScore ? masks.ema : 0.9
    cosines[block] += Float((1 - ema) * (cosine - Double(cosines[block])))
    guard masks.hasScore else { return }
    let score = alignmentScore(cosine, tau: masks.tau)
    outcomes[block].score = Float(score)
    let old = scales[block].isNaN ? score : Double(scales[block])
    scales[block] = Float(masks.ema * old + (1 - masks.ema) * score)
  }

  /// The factor on Δ before the coin: s, times what makes up for dropped updates.
  private func multiplier(_ block: Int, _ masks: MaskSettings, _ keep: Double) -> Double {
    guard masks.kind != .cautious else { return 1 }
    let scale = masks.isDamped ? Double(scales[block]) : 1
    return scale * masks.rescaling(keep: keep, score: Double(outcomes[block].score))
  }
}
