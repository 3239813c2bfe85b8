import RealModule

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

  /// Sums of one stretch; single precision inside runs of 1024 elements, double between them.
  init(momentum: Span<Float>, gradient: Span<Float>) {
    precondition(momentum.count == gradient.count, "momentum and gradient differ in size")
    var start = 0
    while start < momentum.count {
      let end = min(momentum.count, start + 1024)
      addRun(momentum.extracting(start..<end), gradient.extracting(start..<end))
      start = end
    }
  }

  init() {}

  private mutating func addRun(_ mu: Span<Float>, _ g: Span<Float>) {
    var (product, muSquared, gSquared): (Float, Float, Float) = (0, 0, 0)
    for i in mu.indices {
      let (m, x) = (mu[unchecked: i], g[unchecked: i])
      product = Relaxed.multiplyAdd(m, x, product)
      muSquared = Relaxed.multiplyAdd(m, m, muSquared)
      gSquared = Relaxed.multiplyAdd(x, x, gSquared)
    }
    self.product += Double(product)
    momentum += Double(muSquared)
    gradient += Double(gSquared)
  }
}

/// `μ ← β·μ + (1 − β)·g`, for the part of `momentum` that begins at `start`.
func average(_ momentum: inout [Float], at start: Int, _ gradient: Span<Float>, _ decay: Decay) {
  precondition(start + gradient.count <= momentum.count, "the gradient does not fit")
  let fresh = decay.fresh
  var mu = momentum.mutableSpan
  for i in gradient.indices {
    let old = mu[unchecked: start + i]
    mu[unchecked: start + i] = old + fresh * (gradient[unchecked: i] - old)
  }
}

/// Σ x², single precision inside runs of 1024 elements, double between them.
func squaredNorm(_ values: Span<Float>) -> Double {
  var total = 0.0
  var start = 0
  while start < values.count {
    let end = min(values.count, start + 1024)
    var sum: Float = 0
    for i in start..<end {
      let x = values[unchecked: i]
      sum = Relaxed.multiplyAdd(x, x, sum)
    }
    total += Double(sum)
    start = end
  }
  return total
}

/// Σ x² over a part of an array.
func squaredNorm(_ values: [Float], _ range: Range<Int>) -> Double {
  squaredNorm(values.span.extracting(range))
}
