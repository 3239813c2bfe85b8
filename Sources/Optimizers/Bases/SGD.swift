import RunModel
import TensorKernels

/// Stochastic gradient descent with heavy-ball or Nesterov momentum.
///
/// `b ← momentum·b + g`, `Δ = lr·b` (Nesterov: `lr·(g + momentum·b)`); momentum 0 keeps no state.
struct SGD: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.coupled
  static let descriptor = OptimizerDescriptor(
    name: "sgd", kind: .base, summary: "Steps down the gradient, with optional momentum.",
    equation: "b ← momentum·b + g;  Δ = lr·b",
    paper: "Robbins & Monro, 1951; Polyak, 1964; Sutskever et al., 2013",
    hyperparameters: [
      .learningRate(0.1),
      .number("momentum", "share of the velocity that is kept", 0, 0...0.9999, scale: .retention),
      .flag("nesterov", "looks one step ahead along the velocity", false),
      .weightDecay(0, "L2 penalty added to the gradient"),
    ], stateBytesPerElement: 0, momentum: .bufferUnlessZero(key: "momentum"))

  private var velocity: [Float]
  private var momentum: Decay
  private var isNesterov: Bool

  init(layout: TensorLayout, settings: Settings) {
    momentum = Decay(settings.number("momentum"))
    isNesterov = settings.flag("nesterov")
    velocity = momentum.beta > 0 ? Array(repeating: 0, count: layout.count) : []
  }

  mutating func configure(_ settings: Settings) {
    momentum = Decay(settings.number("momentum"))
    isNesterov = settings.flag("nesterov")
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    guard !velocity.isEmpty else { return }
    Kernels().accumulate(
      &velocity, at: step.range.lowerBound, kept: momentum.kept, fresh: 1,
      gradient: gradients.extracting(step.range), parameters: parameters.extracting(step.range),
      decay: step.coupledDecay)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let (kernels, rate) = (Kernels(), Float(step.rate))
    let b = velocity.span.extracting(velocity.isEmpty ? 0..<0 : step.range)
    guard b.isEmpty || isNesterov else {
      kernels.scale(b, by: rate, into: &displacement, at: offset)
      return
    }
    kernels.blend(
      rate, gradient: gradients.extracting(step.range),
      parameters: parameters.extracting(step.range), decay: step.coupledDecay,
      rate * momentum.kept, b, into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) { if !velocity.isEmpty { velocity.clear(step.range) } }

  func hasMomentum(_ block: Int) -> Bool { !velocity.isEmpty }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    target.take(velocity.span.extracting(step.range))
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: velocity.span.extracting(step.range), gradient: gradients.extracting(step.range))
  }

  func momentumDecay(_ block: Int) -> Double { momentum.beta }

  var state: [StateBuffer] {
    get { velocity.isEmpty ? [] : [StateBuffer(name: "momentum_buffer", values: velocity)] }
    set { velocity = newValue.first?.values ?? [] }
  }
}
