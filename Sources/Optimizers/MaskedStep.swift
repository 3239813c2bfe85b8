import RunModel
import TensorKernels

/// One step of an arm: per block the moments, the score, the coin, and the write, in that order.
///
/// Every function takes the block's `BlockStep`, which says all that the base may know of the block,
/// and the two arenas; whatever happened is put down in the block's `BlockOutcome`.
extension ArmOptimizer {
  /// One update of all parameters in place; `outcomes` and `stepFactor` then describe it.
  ///
  /// - Parameters:
  ///   - parameters: the whole arena of the layout.
  ///   - gradients: likewise, already clipped.
  package mutating func step(
    parameters: inout MutableSpan<Float>, gradients: Span<Float>, context: StepContext
  ) {
    precondition(
      parameters.count == layout.count && gradients.count == layout.count,
      "parameters and gradients must cover the layout")
    let coins = Coins(seed: context.seed)
    if let masks { units.draw(masks, coins, step: masks.coinStep(context.step)) }
    for block in layout.entries.indices {
      if let masks, isMasked(block) {
        if masks.acts(in: context.step) {
          stepMasked(block, masks, coins, context, &parameters, gradients)
        } else {
          stepUnmasked(block, masks, context, &parameters, gradients)
        }
      } else {
        stepDense(block, context, &parameters, gradients)
      }
    }
    if !specification.isMatched { measureStepFactor() }
  }

  /// The base's own step, at the matched rate when this arm is a control.
  private mutating func stepDense(
    _ block: Int, _ context: StepContext, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>
  ) {
    updates[block] += 1
    let isControlled = specification.isMatched && plan.inScope[block]
    let step = blockStep(block, context, factor: isControlled ? context.matchedFactor : 1)
    let rule = writeRule(step, scale: 1, .inside)
    absorbAndWrite(step, observation == .everywhere ? .after : .none, rule, &parameters, gradients)
  }

  private mutating func stepMasked(
    _ block: Int, _ masks: MaskSettings, _ coins: Coins, _ context: StepContext,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    var toss = Toss(
      coins: coins, step: masks.coinStep(context.step), unit: units.leaders[block], block: block,
      keep: 1)
    prepareRule(block, masks, toss, context, parameters.span)
    toss.keep = plannedKeep(block, masks, context)
    if masks.gate == .moments, !isKept(toss) {
      freeze(toss, masks, context, &parameters, gradients)
      return
    }
    if masks.resets { forgetIfBack(toss, context) }
    updates[block] += 1
    let step = blockStep(block, context)
    if masks.gate == .gradient {
      stepThroughMaskedGradient(step, toss, masks, &parameters, gradients)
      return
    }
    let comparison = masks.comparison(observation)
    // A mask that needs no cosine and tosses one coin can do without a second pass over the block.
    if !masks.needsAlignment, masks.isWhole, rules?.isForeseeable ?? true,
      !masks.looksAtElements, isKept(toss)
    {
      // By itself: as an argument it would change the outcomes while a copy of them is held.
      let scale = put(down: toss, masks)
      let rule = writeRule(step, scale: scale, masks.decay)
      absorbAndWrite(step, comparison, rule, &parameters, gradients)
      outcomes[block].keptShare = 1
      return
    }
    let cosine = absorb(step, comparison, gradients, parameters.span, gradients)
    if masks.needsAlignment { takeScore(cosine, block, masks) }
    if masks.kind == .sample { toss.keep = Double(outcomes[block].score) }
    completeRule(step, cosine, masks, toss, parameters.span, gradients)
    if masks.kind == .rule, masks.grain == .element {
      if rules?.keepsByElement == false, rules?.keepIsForeseeable == false {
        toss.keep = rules?.keep(block) ?? 1
      }
      writeByElement(step, toss, masks, &parameters, gradients)
      return
    }
    if rules?.keepIsForeseeable == false { toss.keep = rules?.keep(block) ?? 1 }
    let scale = put(down: toss, masks)
    let rule = writeRule(step, scale: scale, masks.decay)
    if masks.kind == .cautious {
      writeCautious(step, rule, masks, &parameters, gradients)
    } else if masks.kind == .mgup {
      outcomes[block].keep = 1
      writeGroups(step, rule, masks, &parameters, gradients)
    } else if !masks.isWhole {
      draw(toss, masks)
      writeKept(step, rule, masks, &parameters, gradients)
    } else if isKept(toss) {
      outcomes[block].keptShare = 1
      write(step, rule, &parameters, gradients)
    } else {
      drop(step, rule, masks, &parameters, gradients)
    }
  }

  /// Outside of the mask's own steps: as the base goes, while the score goes on being averaged.
  private mutating func stepUnmasked(
    _ block: Int, _ masks: MaskSettings, _ context: StepContext,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    updates[block] += 1
    let step = blockStep(block, context)
    let cosine = absorb(
      step, masks.comparison(observation), gradients, parameters.span, gradients)
    if masks.needsAlignment { takeScore(cosine, block, masks) }
    (outcomes[block].keep, outcomes[block].keptShare, outcomes[block].scale) = (1, 1, 1)
    wasDropped[block] = false
    write(step, writeRule(step, scale: 1, masks.decay), &parameters, gradients)
  }

  /// `g ← g ⊙ b` before the moments see it; the update that they make is applied whole.
  private mutating func stepThroughMaskedGradient(
    _ step: BlockStep, _ toss: Toss, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    draw(toss, masks)
    // Taken out of the optimizer while its moments look at it.
    var seen: [Float] = []
    swap(&seen, &maskedGradients)
    mask(gradients.extracting(step.range), toss, masks, into: &seen, at: step.range.lowerBound)
    let comparison = masks.comparison(observation)
    let cosine = absorb(step, comparison, seen.span, parameters.span, gradients)
    if masks.needsAlignment { takeScore(cosine, step.block, masks) }
    let scale = masks.isDamped ? Double(scales[step.block]) : masks.scaleRule?.constant ?? 1
    outcomes[step.block].keep = Float(toss.keep)
    outcomes[step.block].scale = Float(scale)
    write(step, writeRule(step, scale: scale, masks.decay), &parameters, seen.span)
    swap(&seen, &maskedGradients)
  }

  private mutating func measureStepFactor() {
    guard let masks, plan.maskedCount > 0 else { return }
    var sum = 0.0
    for outcome in outcomes where outcome.isMasked {
      sum += Double(appliedShare(of: outcome, masks)) * Double(outcome.scale)
    }
    if !sum.isNaN { stepFactor = sum / Double(plan.maskedCount) }
  }

  /// Share of the update that is expected to be applied, which `scale` multiplies.
  private func appliedShare(of outcome: BlockOutcome, _ masks: MaskSettings) -> Float {
    switch masks.kind {
    case .cautious: outcome.keptShare
    case .mgup: 1
    case .skip, .damp, .magma, .sample, .rule: masks.gate == .gradient ? 1 : outcome.keep
    }
  }
}

/// What a block's step is made of before anything is looked at.
extension ArmOptimizer {
  func blockStep(_ block: Int, _ context: StepContext, factor: Double = 1) -> BlockStep {
    let isCoupled = type(of: base).decayStyle == .coupled
    return BlockStep(
      block: block, range: layout.entries[block].range, update: updates[block],
      rate: plan.rates[block] * context.scheduleFactor * factor,
      coupledDecay: isCoupled ? Float(plan.decays[block]) : 0, seed: context.seed)
  }

  func writeRule(
    _ step: BlockStep, scale: Double, _ decay: MaskSettings.Decay
  ) -> WriteRule {
    let style = type(of: base).decayStyle
    let decays = style != .coupled && base.decays(step.update)
    return WriteRule(
      scale: scale, shrink: decays ? step.rate * plan.decays[step.block] : 0, style: style,
      decay: decay)
  }

  private func stretches(_ range: Range<Int>) -> Stretches {
    Stretches(
      range: range, length: type(of: base).isElementwise ? Self.stretch : max(1, range.count))
  }
}

/// Moments and score.
extension ArmOptimizer {
  /// Lets the moments take in the whole block and compares them with the gradient on the way.
  ///
  /// - Parameters:
  ///   - seen: the gradients as the moments are shown them.
  ///   - gradients: the raw ones, which the momentum is compared with.
  /// - Returns: cos(μ, g), if it is asked for.
  private mutating func absorb(
    _ whole: BlockStep, _ comparison: Comparison, _ seen: Span<Float>, _ parameters: Span<Float>,
    _ gradients: Span<Float>
  ) -> Double {
    var (step, sums) = (whole, AlignmentSums())
    for range in stretches(whole.range) {
      step.range = range
      sums += absorbStretch(step, comparison, seen, parameters, gradients)
    }
    if comparison != .none { outcomes[whole.block].record(sums) }
    return sums.cosine
  }

  private mutating func absorbStretch(
    _ step: BlockStep, _ comparison: Comparison, _ seen: Span<Float>, _ parameters: Span<Float>,
    _ gradients: Span<Float>
  ) -> AlignmentSums {
    var sums = AlignmentSums()
    if comparison == .before { sums = compare(step, gradients) }
    base.absorb(step, gradients: seen, parameters: parameters)
    own.absorb(step, seen, masks?.ownDecay ?? Self.observing)
    observed.absorb(step, gradients, Self.observing)
    if comparison == .after { sums = compare(step, gradients) }
    return sums
  }

  /// The sums of cos(μ, g) over a stretch, μ the base's momentum or what stands in for it.
  private func compare(_ step: BlockStep, _ gradients: Span<Float>) -> AlignmentSums {
    own.alignment(step, gradients) ?? observed.alignment(step, gradients)
      ?? base.alignment(step, gradients: gradients)
  }

  /// Averages the score of the cosine just measured into the block's scale and records it.
  private mutating func takeScore(_ cosine: Double, _ block: Int, _ masks: MaskSettings) {
    let ema = masks.hasScore ? masks.ema : 0.9
    cosines[block] += Float((1 - ema) * (cosine - Double(cosines[block])))
    guard masks.hasScore else { return }
    let score = alignmentScore(cosine, tau: masks.tau)
    outcomes[block].score = Float(score)
    let old = scales[block].isNaN ? score : Double(scales[block])
    scales[block] = Float(masks.ema * old + (1 - masks.ema) * score)
  }

  /// Fresh moments for a block whose unit was dropped in the step before and is kept in this one.
  private mutating func forgetIfBack(_ toss: Toss, _ context: StepContext) {
    let isKept = isKept(toss)
    defer { wasDropped[toss.block] = !isKept }
    guard isKept, wasDropped[toss.block] else { return }
    updates[toss.block] = 0
    let step = blockStep(toss.block, context)
    base.forget(step)
    own.forget(step)
  }
}

/// Coins.
extension ArmOptimizer {
  /// The survival probability where it does not depend on this step's gradient; 1 without a coin.
  private mutating func plannedKeep(
    _ block: Int, _ masks: MaskSettings, _ context: StepContext
  ) -> Double {
    if let rules { return rules.keepIsForeseeable ? self.rules?.keep(block) ?? 1 : 1 }
    guard masks.draw == .coin else { return units.keep(block, masks) }
    let beta = base.hasMomentum(block) ? base.momentumDecay(block) : masks.ownDecay.beta
    return MaskPolicy(settings: masks).keep(
      step: context.step, totalSteps: context.totalSteps, depth: plan.depths[block],
      averageCosine: Double(cosines[block]),
      null: masks.comparesBefore ? 0 : (1 - beta * beta).squareRoot())
  }

  private func isKept(_ toss: Toss) -> Bool {
    guard let masks, masks.kind.hasCoin else { return true }
    if let forced = forcedCoins[toss.block] { return forced }
    return masks.draw == .coin ? toss.keeps() : units.isKept(toss.block)
  }

  /// Fills the mask of the block and records the share of ones.
  mutating func draw(_ toss: Toss, _ masks: MaskSettings) {
    let entry = layout.entries[toss.block]
    let count = entry.range.count
    if masks.isWhole || forcedCoins[toss.block] != nil {
      mask.fill(0..<count, with: isKept(toss))
    } else {
      mask.draw(toss, masks.grain, entry)
    }
    outcomes[toss.block].keptShare = Float(mask.ones(count)) / Float(max(1, count))
  }

  /// `b·g`, times what makes up for the loss.
  private func mask(
    _ gradient: Span<Float>, _ toss: Toss, _ masks: MaskSettings, into target: inout [Float],
    at start: Int
  ) {
    let kernels = Kernels()
    let factor = masks.rescale == .keep ? 1 / toss.keep : 1
    kernels.gate(
      gradient, kept: mask.kept, factor: Float(factor), into: &target, at: start)
    guard masks.rescale == .norm else { return }
    let left = squaredNorm(target, start..<start + gradient.count)
    guard left > 0 else { return }
    let lost = (squaredNorm(gradient) / left).squareRoot()
    kernels.scale(&target, at: start, count: gradient.count, by: Float(lost))
  }

  /// Records the probability of the coin and the factor on Δ before it, which it returns: s, times
  /// what makes up for dropped updates.
  private mutating func put(down toss: Toss, _ masks: MaskSettings) -> Double {
    let block = toss.block
    outcomes[block].keep = masks.kind.hasCoin ? Float(toss.keep) : 1
    var scale = 1.0
    if masks.kind == .rule {
      rules?.set(.keep, toss.keep)
      scale = (rules?.scale(block) ?? 1) * masks.rescaling(keep: toss.keep, score: 1)
    } else if !masks.kind.choosesElements {
      scale = masks.isDamped ? Double(scales[block]) : 1
      scale *= masks.rescaling(keep: toss.keep, score: Double(outcomes[block].score))
    }
    outcomes[block].scale = Float(scale)
    return scale
  }
}

/// Writing, or not writing, what the base wants.
extension ArmOptimizer {
  /// Moments and parameters in one pass over the block.
  private mutating func absorbAndWrite(
    _ whole: BlockStep, _ comparison: Comparison, _ rule: WriteRule,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    var (step, sums, moved) = (whole, AlignmentSums(), 0.0)
    for range in stretches(whole.range) {
      step.range = range
      sums += absorbStretch(step, comparison, gradients, parameters.span, gradients)
      moved += writeStretch(step, rule, &parameters, gradients)
    }
    outcomes[whole.block].updateNorm = Float(moved.squareRoot())
    if comparison != .none { outcomes[whole.block].record(sums) }
  }

  /// Parameters alone; the moments have taken the gradient in already.
  private mutating func write(
    _ whole: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>
  ) {
    var (step, moved) = (whole, 0.0)
    for range in stretches(whole.range) {
      step.range = range
      moved += writeStretch(step, rule, &parameters, gradients)
    }
    outcomes[whole.block].updateNorm = Float(moved.squareRoot())
  }

  private mutating func writeStretch(
    _ step: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>
  ) -> Double {
    base.displace(
      step, gradients: gradients, parameters: parameters.span, into: &displacement, at: 0)
    return rule.apply(displacement.span, to: &parameters, at: step.range)
  }

  /// Writes the elements that the mask of a finer grain keeps.
  private mutating func writeKept(
    _ whole: BlockStep, _ rule: WriteRule, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    guard masks.rescale != .norm else {
      displaceWhole(whole, parameters.span, gradients)
      writeDisplaced(whole, rule, by: normRescaling(whole.range.count), &parameters)
      return
    }
    var (step, moved) = (whole, 0.0)
    for range in stretches(whole.range) {
      step.range = range
      base.displace(
        step, gradients: gradients, parameters: parameters.span, into: &displacement, at: 0)
      let offset = range.lowerBound - whole.range.lowerBound
      moved += rule.apply(
        displacement.span, kept: mask.kept.span.extracting(offset..<offset + range.count),
        to: &parameters, at: range)
    }
    outcomes[whole.block].updateNorm = Float(moved.squareRoot())
  }

  /// `φ = [Δ·g > 0]`, `θ ← θ − φ·Δ·n/(‖φ‖₀ + 1)` (Liang et al., 2024), deterministic.
  private mutating func writeCautious(
    _ step: BlockStep, _ unscaled: WriteRule, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    displaceWhole(step, parameters.span, gradients)
    let g = gradients.extracting(step.range)
    mask.takeAgreement(displacement, g)
    let ones = mask.ones(g.count)
    outcomes[step.block].keptShare = Float(Double(ones) / Double(max(1, g.count)))
    // Where no component agrees, as at a rate of 0, nothing moves and there is nothing to rescale.
    let scale =
      switch masks.rescale {
      case .keep where ones > 0: Double(g.count) / Double(ones + 1)
      case .norm: normRescaling(g.count)
      case .keep, .score, .share, .none: 1.0
      }
    writeDisplaced(step, unscaled, by: scale, &parameters)
  }

  /// Writes the kept elements of `displacement`, which holds the whole block, times `scale`.
  mutating func writeDisplaced(
    _ step: BlockStep, _ rule: WriteRule, by scale: Double,
    _ parameters: inout MutableSpan<Float>
  ) {
    outcomes[step.block].scale *= Float(scale)
    let moved = rule.scalingDisplacement(by: scale).apply(
      displacement.span, kept: mask.kept.span, to: &parameters, at: step.range)
    outcomes[step.block].updateNorm = Float(moved.squareRoot())
  }

  /// `‖Δ‖/‖b ⊙ Δ‖` of the displaced block: what gives the kept part the norm of the whole.
  mutating func normRescaling(_ count: Int) -> Double {
    let whole = squaredNorm(displacement, 0..<count)
    Kernels().gate(displacement, kept: mask.kept, count: count, into: &gated)
    let left = squaredNorm(gated, 0..<count)
    return left > 0 ? (whole / left).squareRoot() : 1
  }

  /// Δ of the whole block in `displacement`, stretch by stretch.
  mutating func displaceWhole(
    _ whole: BlockStep, _ parameters: Span<Float>, _ gradients: Span<Float>
  ) {
    var step = whole
    for range in stretches(whole.range) {
      step.range = range
      base.displace(
        step, gradients: gradients, parameters: parameters, into: &displacement,
        at: range.lowerBound - whole.range.lowerBound)
    }
  }

  /// What happens to a dropped block: nothing, or the decay that does not go with the coin.
  private mutating func drop(
    _ whole: BlockStep, _ rule: WriteRule, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    outcomes[whole.block].keptShare = 0
    outcomes[whole.block].updateNorm = 0
    switch masks.decay {
    case .inside: return
    case .outside: rule.shrinkOnly(&parameters, at: whole.range)
    case .cautious:
      guard rule.looksAtDropped else { return }
      var step = whole
      for range in stretches(whole.range) {
        step.range = range
        base.displace(
          step, gradients: gradients, parameters: parameters.span, into: &displacement, at: 0)
        rule.shrinkAgreeing(displacement.span, &parameters, range)
      }
    }
  }

  /// Gated moments: nothing of the block's state moves on a dropped step.
  private mutating func freeze(
    _ toss: Toss, _ masks: MaskSettings, _ context: StepContext,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    let step = blockStep(toss.block, context)
    _ = put(down: toss, masks)
    // No score is made of momenta that did not see the gradient.
    (outcomes[toss.block].alignment, outcomes[toss.block].score) = (.nan, .nan)
    if observation != .nowhere { outcomes[toss.block].record(compareWhole(step, gradients)) }
    wasDropped[toss.block] = true
    drop(step, writeRule(step, scale: 0, masks.decay), masks, &parameters, gradients)
  }

  private func compareWhole(_ whole: BlockStep, _ gradients: Span<Float>) -> AlignmentSums {
    var (step, sums) = (whole, AlignmentSums())
    for range in stretches(whole.range) {
      step.range = range
      sums += compare(step, gradients)
    }
    return sums
  }
}

/// A range cut into pieces of at most `length`, in order.
struct Stretches: Sequence, IteratorProtocol {
  private var rest: Range<Int>
  private let length: Int

  init(range: Range<Int>, length: Int) {
    rest = range
    self.length = length
  }

  mutating func next() -> Range<Int>? {
    guard !rest.isEmpty else { return nil }
    let end = Swift.min(rest.lowerBound + length, rest.upperBound)
    defer { rest = end..<rest.upperBound }
    return rest.lowerBound..<end
  }
}
