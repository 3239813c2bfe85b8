/// Maps over contiguous memory that more than one optimizer needs.
///
/// Arrays come in as `inout` because two spans cannot be taken of two properties of one value at once.
enum SpanLoops {
  /// `x ← kept·x + fresh·(g + decay·p)`
  static func accumulate(
    _ x: inout [Float], at range: Range<Int>, kept: Float, fresh: Float, gradients: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    precondition(fits(range, x.count, gradients, parameters), "the stretch lies outside the arena")
    var x = x.mutableSpan
    for i in range {
      let gradient = gradients[unchecked: i] + decay * parameters[unchecked: i]
      x[unchecked: i] = kept * x[unchecked: i] + fresh * gradient
    }
  }

  /// `x ← x + fresh·((g + decay·p) − x)`, PyTorch's `lerp`.
  static func approach(
    _ x: inout [Float], at range: Range<Int>, fresh: Float, gradients: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    precondition(fits(range, x.count, gradients, parameters), "the stretch lies outside the arena")
    var x = x.mutableSpan
    for i in range {
      let gradient = gradients[unchecked: i] + decay * parameters[unchecked: i]
      x[unchecked: i] += fresh * (gradient - x[unchecked: i])
    }
  }

  /// `v ← kept·v + fresh·(g + decay·p)²`
  static func accumulateSquares(
    _ v: inout [Float], at range: Range<Int>, kept: Float, fresh: Float, gradients: Span<Float>,
    parameters: Span<Float>, decay: Float
  ) {
    precondition(fits(range, v.count, gradients, parameters), "the stretch lies outside the arena")
    var v = v.mutableSpan
    for i in range {
      let gradient = gradients[unchecked: i] + decay * parameters[unchecked: i]
      v[unchecked: i] = kept * v[unchecked: i] + fresh * gradient * gradient
    }
  }

  static func fits(
    _ range: Range<Int>, _ count: Int, _ gradients: Span<Float>, _ parameters: Span<Float>
  ) -> Bool {
    range.upperBound <= count && range.upperBound <= gradients.count
      && range.upperBound <= parameters.count
  }
}
