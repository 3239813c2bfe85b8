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
