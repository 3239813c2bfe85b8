import RunModel
import TensorKernels

/// First and second moments of the gradient, both corrected for their start at zero.
///
/// `m ← β₁·m + (1−β₁)·g`, `v ← β₂·v + (1−β₂)·g²`, `Δ = lr·m̂/(√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`,
/// `v̂ = v/(1−β₂ᵗ)` (Kingma & Ba, 2015); weight decay is an L2 term of the gradient.
struct Adam: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.coupled
  static let descriptor = OptimizerDescriptor(
    name: "adam", kind: .base, summary: "Momentum divided by the root of the second moment.",
    equation: "m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  Δ = lr·m̂/(√v̂ + ε)",
    paper: "Kingma & Ba, 2015, arXiv:1412.6980",
    hyperparameters: [.learningRate(1e-3), .beta1(0.9), .beta2(0.999), .epsilon(1e-8)]
      + [.weightDecay(0, "L2 penalty added to the gradient")],
    stateBytesPerElement: 8, momentum: .buffer(key: "beta1"))

  private var moments: AdamMoments

  init(layout: TensorLayout, settings: Settings) {
    moments = AdamMoments(count: layout.count, settings: settings)
  }

  mutating func configure(_ settings: Settings) { moments.configure(settings) }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    moments.absorb(step, gradients: gradients, parameters: parameters)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    moments.displace(step, into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) { moments.forget(step.place) }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    moments.copyMomentum(step.place, into: &target)
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    moments.alignment(step, gradients: gradients)
  }

  func momentumDecay(_ block: Int) -> Double { moments.first.beta }

  var state: [StateBuffer] {
    get { moments.state }
    set { moments.state = newValue }
  }
}
