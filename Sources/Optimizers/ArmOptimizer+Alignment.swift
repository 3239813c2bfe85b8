import TensorKernels

/// Dense moments together with the three sums of the cosine, in one pass over the block.
extension ArmOptimizer {
  mutating func absorb(_ whole: BlockStep, _ gradients: Span<Float>, _ parameters: Span<Float>) {
    var step = whole
    for range in stretches(whole.range) {
      step.range = range
      base.absorb(step, gradients: gradients, parameters: parameters)
    }
  }

  /// Absorbs the gradient; returns cos(μ, g) with μ after (or before) that.
  mutating func absorbAligned(
    _ whole: BlockStep, _ masks: MaskSettings, _ gradients: Span<Float>, _ parameters: Span<Float>
  ) -> Double {
    let own = plan.ownMomentum[whole.block]
    var step = whole
    var sums = AlignmentSums()
    for range in stretches(whole.range) {
      step.range = range
      let place = own.map { $0 + range.lowerBound - whole.range.lowerBound }
      if masks.comparesBefore { sums += alignment(step, place, gradients) }
      base.absorb(step, gradients: gradients, parameters: parameters)
      if let place { absorbOwn(range, place, masks, gradients) }
      if !masks.comparesBefore { sums += alignment(step, place, gradients) }
    }
    return sums.cosine
  }

  private func alignment(
    _ step: BlockStep, _ place: Int?, _ gradients: Span<Float>
  ) -> AlignmentSums {
    guard let place else { return base.alignment(step, gradients: gradients) }
    return AlignmentSums(
      momentum: ownMomentum.span.extracting(place..<place + step.range.count),
      gradient: gradients.extracting(step.range))
  }

  private mutating func absorbOwn(
    _ range: Range<Int>, _ place: Int, _ masks: MaskSettings, _ gradients: Span<Float>
  ) {
    average(&ownMomentum, at: place, gradients.extracting(range), masks.ownDecay)
  }
}
