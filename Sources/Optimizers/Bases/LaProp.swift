import RunModel
import TensorKernels

/// Momentum of the normalized gradient, where Adam normalizes the momentum.
///
/// `v ← β₂v + (1−β₂)g²`, `n = (√v + ε)/√(1−β₂ᵗ)`, `m ← β₁m + (1−β₁)g/n`, `Δ = lr·m/(1−β₁ᵗ)`
/// (Ziyin, Wang & Ueda, 2020). The rate stands outside m, as in the paper's Algorithm 1.
struct LaProp: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.afterStep
  static let descriptor = OptimizerDescriptor(
    name: "laprop", kind: .base, summary: "Momentum of gradients divided by their own scale.",
    equation: "v ← β₂v + (1−β₂)g²;  m ← β₁m + (1−β₁)g/√v̂;  Δ = lr·m̂",
    paper: "Ziyin, Wang & Ueda, 2020, arXiv:2002.04839",
    hyperparameters: [.learningRate(4e-4), .beta1(0.9), .beta2(0.999), .epsilon(1e-15)]
      + [.weightDecay(0, "share of the weights lost per step, times the rate")],
    stateBytesPerElement: 8, momentum: .buffer(key: "beta1"))

  private var first: Decay
  private var second: Decay
  private var epsilon: Float
  private var mean: [Float]
  private var square: [Float]

  init(layout: TensorLayout, settings: Settings) {
    first = Decay(settings.number("beta1"))
    second = Decay(settings.number("beta2"))
    epsilon = Float(settings.number("eps"))
    mean = Array(repeating: 0, count: layout.count)
    square = mean
  }

  mutating func configure(_ settings: Settings) {
    first = Decay(settings.number("beta1"))
    second = Decay(settings.number("beta2"))
    epsilon = Float(settings.number("eps"))
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let (kernels, start) = (Kernels(), step.range.lowerBound)
    let gradient = gradients.extracting(step.range)
    kernels.accumulateSquares(
      &square, at: start, kept: second.kept, fresh: second.fresh, gradient: gradient,
      parameters: gradient, decay: 0)
    kernels.absorbNormalized(
      &mean, at: start, kept: first.kept, fresh: first.fresh,
      root: Float(second.bias(step.update).squareRoot()), epsilon: epsilon, gradient: gradient,
      squares: square)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    Kernels().scale(
      mean.span.extracting(step.range), by: Float(step.rate / first.bias(step.update)),
      into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) {
    mean.clear(step.range)
    square.clear(step.range)
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    target.take(mean.span.extracting(step.range))
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: mean.span.extracting(step.range), gradient: gradients.extracting(step.range))
  }

  func momentumDecay(_ block: Int) -> Double { first.beta }

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
