import TensorKernels

/// Momentum · gradient and both squared norms: all that the cosine needs, summed stretch by stretch.
struct AlignmentSums {
  var product = 0.0
  var momentum = 0.0
  var gradient = 0.0

  /// cos(μ, g) in [-1, 1]; 0 when either vector is zero.
  var cosine: Double {
    let norms = momentum.squareRoot() * gradient.squareRoot()
    guard norms > 0 else { return 0 }
    return max(-1, min(1, product / norms))
  }

  static func += (sums: inout AlignmentSums, other: AlignmentSums) {
    sums.product += other.product
    sums.momentum += other.momentum
    sums.gradient += other.gradient
  }

  /// Sums of one stretch, in a fixed order.
  init(momentum: Span<Float>, gradient: Span<Float>) {
    let sums = Kernels().reduce(momentum, gradient)
    product = sums.dot
    self.momentum = sums.firstSquared
    self.gradient = sums.secondSquared
  }

  init() {}
}

/// When the momentum of a cosine is looked at: after or before it took this step's gradient in.
enum Comparison {
  case none, after, before
}

/// Averages of the raw gradient, for blocks whose base keeps no momentum: `a ← β·a + (1 − β)·g`.
struct GradientAverages: Sendable {
  /// The averaged blocks' elements, one block after another.
  var values: [Float]
  /// What a block's place in the arena exceeds its place in `values` by; nil: not averaged.
  private let shifts: [Int?]

  init(_ layout: TensorLayout, where isAveraged: (Int) -> Bool) {
    var count = 0
    shifts = layout.entries.indices.map { block in
      guard isAveraged(block) else { return nil }
      let range = layout.entries[block].range
      defer { count += range.count }
      return range.lowerBound - count
    }
    values = Array(repeating: 0, count: count)
  }

  func contains(_ block: Int) -> Bool { shifts[block] != nil }

  mutating func absorb(_ step: BlockStep, _ gradients: Span<Float>, _ decay: Decay) {
    guard let shift = shifts[step.block] else { return }
    average(
      &values, at: step.range.lowerBound - shift, gradients.extracting(step.range), decay)
  }

  func copy(_ step: BlockStep, into target: inout [Float]) {
    guard let shift = shifts[step.block] else { return }
    target.take(
      values.span.extracting(step.range.lowerBound - shift..<step.range.upperBound - shift))
  }

  mutating func forget(_ step: BlockStep) {
    guard let shift = shifts[step.block] else { return }
    values.clear(step.range.lowerBound - shift..<step.range.upperBound - shift)
  }

  /// nil for a block that is not averaged.
  func alignment(_ step: BlockStep, _ gradients: Span<Float>) -> AlignmentSums? {
    guard let shift = shifts[step.block] else { return nil }
    let place = step.range.lowerBound - shift..<step.range.upperBound - shift
    return AlignmentSums(
      momentum: values.span.extracting(place), gradient: gradients.extracting(step.range))
  }
}

/// `μ ← β·μ + (1 − β)·g`, for the part of `momentum` that begins at `start`.
func average(_ momentum: inout [Float], at start: Int, _ gradient: Span<Float>, _ decay: Decay) {
  Kernels().approach(
    &momentum, at: start, fresh: decay.fresh, gradient: gradient, parameters: gradient, decay: 0)
}

/// `Σ x²`, in a fixed order.
func squaredNorm(_ values: Span<Float>) -> Double { Kernels().squaredNorm(values) }

/// `Σ x²` over a part of an array.
func squaredNorm(_ values: [Float], _ range: Range<Int>) -> Double {
  squaredNorm(values.span.extracting(range))
}
