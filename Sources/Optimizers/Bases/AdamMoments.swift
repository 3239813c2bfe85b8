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
      SpanLoops.fits(step.range, mean.count, gradients, parameters) && mean.count == square.count,
      "the stretch lies outside the arena")
    let (fresh1, kept2, fresh2) = (first.fresh, second.kept, second.fresh)
    let decay = step.coupledDecay
    var m = mean.mutableSpan
    var v = square.mutableSpan
    guard decay != 0 else {
      for i in step.range {
        let gradient = gradients[unchecked: i]
        m[unchecked: i] += fresh1 * (gradient - m[unchecked: i])
        v[unchecked: i] = kept2 * v[unchecked: i] + fresh2 * gradient * gradient
      }
      return
    }
    for i in step.range {
      let gradient = gradients[unchecked: i] + decay * parameters[unchecked: i]
      m[unchecked: i] += fresh1 * (gradient - m[unchecked: i])
      v[unchecked: i] = kept2 * v[unchecked: i] + fresh2 * gradient * gradient
    }
  }

  /// `Δ = (lr/(1−β₁ᵗ)) · m / (√v/√(1−β₂ᵗ) + ε)`
  func displace(_ step: BlockStep, into displacement: inout [Float], at offset: Int) {
    precondition(displacement.count >= offset + step.range.count, "the displacement does not fit")
    let rate = Float(step.rate / first.bias(step.update))
    let root = Float(1 / second.bias(step.update).squareRoot())
    let epsilon = epsilon
    let m = mean.span.extracting(step.range)
    let v = square.span.extracting(step.range)
    var delta = displacement.mutableSpan
    for i in m.indices {
      let denominator = v[unchecked: i].squareRoot() * root + epsilon
      delta[unchecked: offset + i] = rate * (m[unchecked: i] / denominator)
    }
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: mean.span.extracting(step.range), gradient: gradients.extracting(step.range))
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
