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
    Self.absorb(
      step, gradients, parameters, first, second, into: &mean, &square)
  }

  private static func absorb(
    _ step: BlockStep, _ gradients: Span<Float>, _ parameters: Span<Float>, _ first: Decay,
    _ second: Decay, into mean: inout [Float], _ square: inout [Float]
  ) {
    precondition(
      step.place.lowerBound >= 0 && step.place.upperBound <= min(mean.count, square.count),
      "the stretch lies outside the moments")
    let (fresh1, kept2, fresh2) = (first.fresh, second.kept, second.fresh)
    let (decay, start) = (step.coupledDecay, step.place.lowerBound)
    let g = gradients.extracting(step.range)
    let p = parameters.extracting(step.range)
    var m = mean.mutableSpan
    var v = square.mutableSpan
    guard decay != 0 else {
      for i in g.indices {
        let gradient = g[unchecked: i]
        m[unchecked: start + i] += fresh1 * (gradient - m[unchecked: start + i])
        v[unchecked: start + i] = kept2 * v[unchecked: start + i] + fresh2 * gradient * gradient
      }
      return
    }
    for i in g.indices {
      let gradient = g[unchecked: i] + decay * p[unchecked: i]
      m[unchecked: start + i] += fresh1 * (gradient - m[unchecked: start + i])
      v[unchecked: start + i] = kept2 * v[unchecked: start + i] + fresh2 * gradient * gradient
    }
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
    precondition(
      start + count <= square.count && count <= gradient.count, "the gradient does not fit")
    let (kept, fresh) = (second.kept, second.fresh)
    var v = square.mutableSpan
    let g = gradient.span
    for i in 0..<count {
      let x = g[unchecked: i]
      v[unchecked: start + i] = kept * v[unchecked: start + i] + fresh * x * x
    }
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
    precondition(displacement.count >= offset + step.range.count, "the displacement does not fit")
    let rate = Float(step.rate / first.bias(step.update))
    let root = Float(1 / second.bias(step.update).squareRoot())
    let epsilon = epsilon
    let m = mean.span.extracting(step.place)
    let v = square.span.extracting(step.place)
    var delta = displacement.mutableSpan
    for i in m.indices {
      let denominator = v[unchecked: i].squareRoot() * root + epsilon
      delta[unchecked: offset + i] = rate * (m[unchecked: i] / denominator)
    }
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
