import RunModel
import TensorKernels

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
    for block in layout.entries.indices {
      if isMasked(block), let masks {
        stepMasked(block, masks, coins, &parameters, gradients, context)
      } else {
        stepDense(block, &parameters, gradients, context)
      }
    }
    if !specification.isMatched { measureStepFactor() }
  }

  private mutating func measureStepFactor() {
    guard plan.maskedCount > 0 else { return }
    var sum = 0.0
    for block in outcomes.indices where outcomes[block].isMasked {
      sum += Double(outcomes[block].keep) * Double(outcomes[block].scale)
    }
    if !sum.isNaN { stepFactor = sum / Double(plan.maskedCount) }
  }

  /// The base's own step, at the matched rate when this arm is a control.
  private mutating func stepDense(
    _ block: Int, _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>,
    _ context: StepContext
  ) {
    updates[block] += 1
    let isControlled = specification.isMatched && plan.inScope[block]
    let step = blockStep(block, context, factor: isControlled ? context.matchedFactor : 1)
    let rule = WriteRule(
      scale: 1, shrink: shrink(step), style: type(of: base).decayStyle, decaysOutside: false)
    absorbAndWrite(step, rule, &parameters, gradients, measures: context.measuresUpdates)
  }

  func blockStep(_ block: Int, _ context: StepContext, factor: Double = 1) -> BlockStep {
    let isCoupled = type(of: base).decayStyle == .coupled
    return BlockStep(
      block: block, range: layout.entries[block].range, update: updates[block],
      rate: plan.rates[block] * context.scheduleFactor * factor,
      coupledDecay: isCoupled ? Float(plan.decays[block]) : 0, seed: context.seed)
  }

  /// `lr·wd` for decoupled decay, else 0.
  func shrink(_ step: BlockStep) -> Double {
    let decays = type(of: base).decayStyle != .coupled && base.decays(step.update)
    return decays ? step.rate * plan.decays[step.block] : 0
  }

  /// Moments and parameters in one pass over the block.
  mutating func absorbAndWrite(
    _ whole: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>, measures: Bool
  ) {
    var step = whole
    var moved = 0.0
    for range in stretches(whole.range) {
      step.range = range
      base.absorb(step, gradients: gradients, parameters: parameters.span)
      moved += write(step, rule, &parameters, gradients, measures: measures)
    }
    outcomes[whole.block].updateNorm = measures ? Float(moved.squareRoot()) : .nan
  }

  /// Parameters alone; the moments have taken the gradient in already.
  mutating func writeAll(
    _ whole: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>, measures: Bool
  ) {
    var step = whole
    var moved = 0.0
    for range in stretches(whole.range) {
      step.range = range
      moved += write(step, rule, &parameters, gradients, measures: measures)
    }
    outcomes[whole.block].updateNorm = measures ? Float(moved.squareRoot()) : .nan
  }

  private mutating func write(
    _ step: BlockStep, _ rule: WriteRule, _ parameters: inout MutableSpan<Float>,
    _ gradients: Span<Float>, measures: Bool
  ) -> Double {
    base.displace(
      step, gradients: gradients, parameters: parameters.span, into: &displacement, at: 0)
    return rule.apply(
      displacement.span, to: &parameters, at: step.range, measures: measures)
  }

  func stretches(_ range: Range<Int>) -> Stretches {
    Stretches(
      range: range, length: type(of: base).isElementwise ? Self.stretch : max(1, range.count))
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
