import Expressions
import RunModel
import TensorKernels

/// A rule's block in a step: what its formulas speak of, and masks that they draw element by element.
extension ArmOptimizer {
  /// The values that are known before the gradient is looked at.
  mutating func prepareRule(
    _ block: Int, _ masks: MaskSettings, _ toss: Toss, _ context: StepContext,
    _ parameters: Span<Float>
  ) {
    guard rules != nil else { return }
    let entry = layout.entries[block]
    let beta = base.hasMomentum(block) ? base.momentumDecay(block) : masks.ownDecay.beta
    let noise = masks.comparesBefore ? 0 : (1 - beta * beta).squareRoot()
    let length = max(1, context.totalSteps)
    rules?.set(.step, Double(context.step))
    rules?.set(.t, Double(context.step) / Double(length))
    rules?.set(.depth, plan.depths[block])
    rules?.set(.layer, Double(entry.block.layer ?? -1))
    rules?.set(.attention, entry.role == .attention ? 1 : 0)
    rules?.set(.mlp, entry.role == .mlp ? 1 : 0)
    rules?.set(.noise, noise)
    rules?.set(.cosMean, Double(cosines[block]))
    rules?.set(.n, Double(entry.range.count))
    if masks.reads(.w) {
      rules?.set(.w, squaredNorm(parameters.extracting(entry.range)).squareRoot())
    }
    if masks.reads(.uniform) {
      rules?.set(.uniform, toss.coins.uniform(step: toss.step, block: toss.unit))
    }
  }

  /// The values of this step, once the moments have taken the gradient in.
  mutating func completeRule(
    _ step: BlockStep, _ cosine: Double, _ masks: MaskSettings, _ toss: Toss,
    _ parameters: Span<Float>, _ gradients: Span<Float>
  ) {
    guard rules != nil else { return }
    let outcome = outcomes[step.block]
    rules?.set(.cos, cosine)
    rules?.set(.score, Double(outcome.score))
    rules?.set(.s, Double(scales[step.block]))
    rules?.set(.g, Double(outcome.gradientNorm))
    rules?.set(.m, Double(outcome.momentumNorm))
    guard masks.looksAtElements else { return }
    displaceWhole(step, parameters, gradients)
    if masks.reads(.u) {
      let norm = squaredNorm(displacement, 0..<step.range.count).squareRoot()
      rules?.set(.u, step.rate > 0 ? norm / step.rate : 0)
    }
    for pass in 0..<(rules?.passCount ?? 0) {
      var sums = ElementEvaluator.Sums()
      for range in Stretches(range: step.range, length: RuleEngine.stretch) {
        load(.pass(pass), step, range, toss, parameters, gradients)
        rules?.add(to: &sums, pass, count: range.count)
      }
      rules?.finish(pass, sums)
    }
  }

  /// Loads what a formula asks of a stretch of elements.
  private mutating func load(
    _ target: RuleEngine.Target, _ whole: BlockStep, _ range: Range<Int>, _ toss: Toss,
    _ parameters: Span<Float>, _ gradients: Span<Float>
  ) {
    guard let wanted = rules else { return }
    let count = range.count
    let offset = range.lowerBound - whole.range.lowerBound
    if wanted.reads(.g, in: target) {
      rules?.load(.g, gradients.extracting(range), in: target)
    }
    if wanted.reads(.w, in: target) {
      rules?.load(.w, parameters.extracting(range), in: target)
    }
    if wanted.reads(.u, in: target) {
      let factor = whole.rate > 0 ? Float(1 / whole.rate) : 0
      for i in 0..<count { elements[i] = factor * displacement[offset + i] }
      rules?.load(.u, elements, count: count, in: target)
    }
    if wanted.reads(.m, in: target) {
      copyMomentum(whole, range)
      rules?.load(.m, elements, count: count, in: target)
    }
    if wanted.reads(.uniform, in: target) {
      fillUniforms(toss, offset, count)
      rules?.load(.uniform, elements, count: count, in: target)
    }
  }

  private mutating func copyMomentum(_ whole: BlockStep, _ range: Range<Int>) {
    var step = whole
    step.range = range
    if own.contains(step.block) {
      own.copy(step, into: &elements)
    } else {
      base.copyMomentum(step, into: &elements)
    }
  }

  /// The elements' own random numbers, those of grain=element's coins.
  private mutating func fillUniforms(_ toss: Toss, _ offset: Int, _ count: Int) {
    for i in 0..<count {
      let place = offset + i
      let quad = toss.coins.quad(step: toss.step, block: toss.unit, quad: place / 4)
      elements[i] = Float(quad[place % 4])
    }
  }

  /// A rule at grain=element: masks and scales the displacement that `completeRule` has left.
  mutating func writeByElement(
    _ step: BlockStep, _ toss: Toss, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    let (block, count) = (step.block, step.range.count)
    var toss = toss
    if forcedCoins[block] != nil || rules?.keepsByElement != true {
      draw(toss, masks)
    } else {
      toss.keep = drawByElement(step, toss, parameters.span, gradients)
      outcomes[block].keptShare = Float(mask.ones(count)) / Float(max(1, count))
    }
    outcomes[block].keep = Float(toss.keep)
    rules?.set(.keep, toss.keep)
    var scale = 1.0
    if rules?.scalesByElement == true {
      outcomes[block].scale = Float(scaleElements(step, toss, parameters.span, gradients))
    } else {
      scale = rules?.scale(block) ?? 1
      if masks.rescale == .keep, rules?.keepsByElement != true { scale /= toss.keep }
      outcomes[block].scale = Float(scale)
    }
    let ones = mask.ones(count)
    let rescaling =
      switch masks.rescale {
      case .share where ones > 0: Double(count) / Double(ones + 1)
      case .norm: normRescaling(count)
      case .keep where rules?.keepsByElement == true || rules?.scalesByElement == true:
        1 / toss.keep
      case .keep, .share, .score, .none: 1.0
      }
    let rule = writeRule(step, scale: scale, masks.decay)
    writeDisplaced(step, rule, by: rescaling, &parameters)
  }

  /// Fills the mask by keep's formula; returns the mean probability.
  private mutating func drawByElement(
    _ step: BlockStep, _ toss: Toss, _ parameters: Span<Float>, _ gradients: Span<Float>
  ) -> Double {
    var sum = 0.0
    let isCertain = rules?.keepIsCertain == true
    for range in Stretches(range: step.range, length: RuleEngine.stretch) {
      let offset = range.lowerBound - step.range.lowerBound
      load(.keep, step, range, toss, parameters, gradients)
      rules?.evaluate(.keep, count: range.count, into: &gated, at: offset)
      if isCertain { continue }
      for i in offset..<offset + range.count {
        let p = gated[i].isNaN ? 0 : max(0, min(1, gated[i]))
        let quad = toss.coins.quad(step: toss.step, block: toss.unit, quad: i / 4)
        sum += Double(p)
        gated[i] = quad[i % 4] < Double(p) ? 1 : 0
      }
    }
    let count = step.range.count
    mask.take(gated, count: count)
    return (isCertain ? Double(mask.ones(count)) : sum) / Double(max(1, count))
  }

  /// Multiplies the displacement by scale's formula; returns its mean.
  private mutating func scaleElements(
    _ step: BlockStep, _ toss: Toss, _ parameters: Span<Float>, _ gradients: Span<Float>
  ) -> Double {
    let count = step.range.count
    var sum = 0.0
    for range in Stretches(range: step.range, length: RuleEngine.stretch) {
      let offset = range.lowerBound - step.range.lowerBound
      load(.scale, step, range, toss, parameters, gradients)
      rules?.evaluate(.scale, count: range.count, into: &gated, at: offset)
      for i in offset..<offset + range.count { sum += Double(gated[i]) }
    }
    Kernels().gate(&displacement, kept: gated, count: count)
    return sum / Double(max(1, count))
  }

  /// mgup: `alpha` on the ⌊share·n⌋ elements whose Δ·g is largest, `gamma` on the others.
  mutating func writeGroups(
    _ step: BlockStep, _ rule: WriteRule, _ masks: MaskSettings,
    _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>
  ) {
    displaceWhole(step, parameters.span, gradients)
    let count = step.range.count
    let wanted = Int(masks.share * Double(count))
    Kernels().gate(
      gradients.extracting(step.range), kept: displacement, factor: 1, into: &gated, at: 0)
    for i in 0..<count { elements[i] = gated[i] }
    let threshold = wanted > 0 ? largest(wanted, of: count) : .infinity
    var left = wanted
    for i in 0..<count where gated[i] > threshold { left -= 1 }
    for i in 0..<count {
      let isTied = gated[i] == threshold && left > 0
      if isTied { left -= 1 }
      let agrees = gated[i] > threshold || isTied
      gated[i] = Float(agrees ? masks.factors.agreeing : masks.factors.others)
    }
    Kernels().gate(&displacement, kept: gated, count: count)
    let share = Double(wanted) / Double(max(1, count))
    let (agreeing, others) = (masks.factors.agreeing, masks.factors.others)
    outcomes[step.block].scale = Float(share * agreeing + (1 - share) * others)
    outcomes[step.block].keptShare =
      Float((agreeing != 0 ? share : 0) + (others != 0 ? 1 - share : 0))
    let moved = rule.apply(displacement.span, to: &parameters, at: step.range)
    outcomes[step.block].updateNorm = Float(moved.squareRoot())
  }

  /// The `rank`-th largest of the first `count` of `elements`, which it reorders (Hoare, 1961).
  private mutating func largest(_ rank: Int, of count: Int) -> Float {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = elements[low + (high - low) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while elements[i] > pivot { i += 1 }
        while elements[j] < pivot { j -= 1 }
        guard i <= j else { break }
        elements.swapAt(i, j)
        (i, j) = (i + 1, j - 1)
      }
      if rank - 1 <= j {
        high = j
      } else if rank - 1 >= i {
        low = i
      } else {
        break
      }
    }
    return elements[rank - 1]
  }
}
