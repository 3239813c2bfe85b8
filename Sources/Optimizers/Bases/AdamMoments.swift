import TensorKernels

/// The two moments that Adam and its relatives share, and the step they make.
struct AdamMoments {
  private(set) var first: Decay
  private(set) var second: Decay
  private(set) var epsilon: Float
  private(set) var mean: [Float]
  private(set) var square: [Float]

  init(count: Int, beta1: Double, beta2: Double, epsilon: Double) {
    first = Decay(beta1)
    second = Decay(beta2)
    self.epsilon = Float(epsilon)
    mean = Array(repeating: 0, count: count)
    square = mean
  }

  init(count: Int, settings: Settings) {
    self.init(
      count: count, beta1: settings.number("beta1"), beta2: settings.number("beta2"),
      epsilon: settings.number("eps"))
  }

  mutating func configure(_ settings: Settings) {
    configure(
      beta1: settings.number("beta1"), beta2: settings.number("beta2"),
      epsilon: settings.number("eps"))
  }

  mutating func configure(beta1: Double, beta2: Double, epsilon: Double) {
    first = Decay(beta1)
    second = Decay(beta2)
    self.epsilon = Float(epsilon)
  }

  /// `m ← m + (1−β₁)(g − m)`, `v ← β₂v + (1−β₂)g²`, with `g + wd·θ` for g where decay is coupled.
  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    Kernels().absorb(
      &mean, &square, at: step.place.lowerBound, fresh1: first.fresh, kept2: second.kept,
      fresh2: second.fresh, gradient: gradients.extracting(step.range),
      parameters: parameters.extracting(step.range), decay: step.coupledDecay)
  }

  /// `m ← m + (1−β₁)(g − m)` alone, for moments that begin at `start`.
  mutating func absorbFirst(_ gradient: Span<Float>, at start: Int) {
    average(&mean, at: start, gradient, first)
  }

  /// The same with the first `count` elements of an array.
  mutating func absorbFirst(_ gradient: [Float], count: Int, at start: Int) {
    average(&mean, at: start, gradient.span.extracting(0..<count), first)
  }

  /// `v ← β₂v + (1−β₂)g²` alone.
  mutating func absorbSecond(_ gradient: [Float], count: Int, at start: Int) {
    let gradient = gradient.span.extracting(0..<count)
    Kernels().accumulateSquares(
      &square, at: start, kept: second.kept, fresh: second.fresh, gradient: gradient,
      parameters: gradient, decay: 0)
  }

  /// Sorts rows or columns of the second moment of one matrix; allocates.
  mutating func permuteSquares(
    _ range: Range<Int>, _ rows: Int, _ columns: Int, rows rowOrder: [Int]? = nil,
    columns columnOrder: [Int]? = nil
  ) {
    let old = Array(square[range])
    for row in 0..<rows {
      for column in 0..<columns {
        let source = (rowOrder?[row] ?? row) * columns + (columnOrder?[column] ?? column)
        square[range.lowerBound + row * columns + column] = old[source]
      }
    }
  }

  /// `Δ = (lr/(1−β₁ᵗ)) · m / (√v/√(1−β₂ᵗ) + ε)`
  func displace(_ step: BlockStep, into displacement: inout [Float], at offset: Int) {
    Kernels().divideByRoots(
      mean.span.extracting(step.place), square.span.extracting(step.place),
      rate: Float(step.rate / first.bias(step.update)),
      root: Float(1 / second.bias(step.update).squareRoot()), epsilon: epsilon,
      into: &displacement, at: offset)
  }

  func copyMomentum(_ range: Range<Int>, into target: inout [Float]) {
    target.take(mean.span.extracting(range))
  }

  mutating func forget(_ range: Range<Int>) {
    mean.clear(range)
    square.clear(range)
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: mean.span.extracting(step.place), gradient: gradients.extracting(step.range))
  }

  var state: [StateBuffer] {
    get {
      [
        StateBuffer(name: "exp_avg", values: mean), StateBuffer(name: "exp_avg_sq", values: square),
      ]
    }
    set {
      for buffer in newValue {
        if buffer.name == "exp_avg" { mean = buffer.values }
        if buffer.name == "exp_avg_sq" { square = buffer.values }
      }
    }
  }
}
