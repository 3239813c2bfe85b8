import RunModel
import TensorKernels

/// Torque-aware momentum: gradients against the momentum enter it less.
///
/// `c = cos(m, g)` with the momentum from before, `ĉ ← γ·ĉ + (1−γ)·c` per block,
/// `m ← β·m + (ε + (1 + ĉ)/2)·g`, `Δ = lr·m` (Malviya et al., 2024): damping inside the moment.
struct TAM: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.coupled
  static let descriptor = OptimizerDescriptor(
    name: "tam", kind: .base,
    summary: "Momentum that takes in less of a gradient which contradicts it.",
    equation: "ĉ ← γĉ + (1−γ)cos(m,g);  m ← βm + (ε + (1+ĉ)/2)g;  Δ = lr·m",
    paper: "Malviya et al., 2024, arXiv:2412.18790",
    hyperparameters: [
      .learningRate(0.1),
      .number(
        "momentum", "share of the momentum that is kept", 0.9, 0...0.9999, scale: .retention),
      .number(
        "gamma", "share of the averaged cosine that is kept", 0.9, 0...0.99999, scale: .retention),
      .epsilon(1e-8), .weightDecay(0, "L2 penalty added to the gradient"),
    ], stateBytesPerElement: 4, momentum: .buffer(key: "momentum"))

  private var velocity: [Float]
  /// The averaged cosine of every block.
  private var torques: [Float]
  private var momentum: Decay
  private var gamma: Decay
  private var epsilon: Double

  init(layout: TensorLayout, settings: Settings) {
    velocity = Array(repeating: 0, count: layout.count)
    torques = Array(repeating: 0, count: layout.entries.count)
    momentum = Decay(settings.number("momentum"))
    gamma = Decay(settings.number("gamma"))
    epsilon = settings.number("eps")
  }

  mutating func configure(_ settings: Settings) {
    momentum = Decay(settings.number("momentum"))
    gamma = Decay(settings.number("gamma"))
    epsilon = settings.number("eps")
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let cosine = alignment(step, gradients: gradients).cosine
    let torque = gamma.beta * Double(torques[step.block]) + (1 - gamma.beta) * cosine
    torques[step.block] = Float(torque)
    Kernels().accumulate(
      &velocity, at: step.range.lowerBound, kept: momentum.kept,
      fresh: Float(epsilon + (1 + torque) / 2), gradient: gradients.extracting(step.range),
      parameters: parameters.extracting(step.range), decay: step.coupledDecay)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    Kernels().scale(
      velocity.span.extracting(step.range), by: Float(step.rate), into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) {
    velocity.clear(step.range)
    torques[step.block] = 0
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    target.take(velocity.span.extracting(step.range))
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: velocity.span.extracting(step.range), gradient: gradients.extracting(step.range))
  }

  func momentumDecay(_ block: Int) -> Double { momentum.beta }

  var state: [StateBuffer] {
    get {
      [
        StateBuffer(name: "momentum_buffer", values: velocity),
        StateBuffer(name: "torque", values: torques),
      ]
    }
    set {
      for buffer in newValue {
        if buffer.name == "momentum_buffer" { velocity = buffer.values }
        if buffer.name == "torque" { torques = buffer.values }
      }
    }
  }
}
