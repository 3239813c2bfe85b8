import RunModel
import TensorKernels

/// Adam with weight decay taken out of the gradient.
///
/// `θ ← (1 − lr·wd)·θ`, then Adam's step (Loshchilov & Hutter, 2019).
struct AdamW: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "adamw", kind: .base, summary: "Adam with decoupled weight decay.",
    equation: "θ ← (1 − lr·wd)θ;  Δ = lr·m̂/(√v̂ + ε)",
    paper: "Loshchilov & Hutter, 2019, arXiv:1711.05101",
    hyperparameters: [.learningRate(1e-3), .beta1(0.9), .beta2(0.999), .epsilon(1e-8)]
      + [.weightDecay(0.01, "share of the weights lost per step, times the rate")],
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
