import RunModel
import TensorKernels

/// AdamW that leaves out every coordinate whose step contradicts the gradient's sign.
///
/// `φ = [m·g > 0]`, `Δ = lr·φ·n/(‖φ‖₀ + 1)·m̂/(√v̂ + ε)` per block of n elements; decay as AdamW.
struct CautiousAdamW: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "cadamw", kind: .base,
    summary: "AdamW without the coordinates that contradict the gradient.",
    equation: "φ = [m·g > 0];  Δ = lr·φ·n/(‖φ‖₀ + 1)·m̂/(√v̂ + ε);  θ ← (1 − lr·wd)θ",
    paper: "Liang, Chen, Liu & Liu, 2024, arXiv:2411.16085",
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
    let g = gradients.extracting(step.range)
    var delta = displacement.mutableSpan
    var agreeing = 0
    for i in g.indices where delta[unchecked: offset + i] * g[unchecked: i] > 0 { agreeing += 1 }
    let scale = Float(Double(g.count) / Double(agreeing + 1))
    for i in g.indices {
      let agrees = delta[unchecked: offset + i] * g[unchecked: i] > 0
      delta[unchecked: offset + i] *= agrees ? scale : 0
    }
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
