import RunModel
import TensorKernels

/// Divides each gradient by the running root mean square of its coordinate.
///
/// `v ← α·v + (1−α)·g²`, `Δ = lr·g/(√v + ε)`; centered subtracts the squared mean gradient;
/// momentum m: `b ← m·b + g/(√v + ε)`, `Δ = lr·b`. Tieleman & Hinton, 2012; Graves, 2013.
struct RMSProp: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.coupled
  static let descriptor = OptimizerDescriptor(
    name: "rmsprop", kind: .base,
    summary: "Divides the gradient by its running root mean square.",
    equation: "v ← α·v + (1−α)·g²;  Δ = lr·g/(√v + ε)",
    paper: "Tieleman & Hinton, 2012 (Coursera lecture 6.5); centered: Graves, 2013",
    hyperparameters: [
      .learningRate(1e-3),
      .number(
        "alpha", "share of the squared-gradient average that is kept", 0.99, 0...0.99999,
        scale: .retention),
      .epsilon(1e-8),
      .number("momentum", "share of the velocity that is kept", 0, 0...0.9999, scale: .retention),
      .flag("centered", "subtracts the squared mean gradient from the average", false),
      .weightDecay(0, "L2 penalty added to the gradient"),
    ], stateBytesPerElement: 4, momentum: .bufferUnlessZero(key: "momentum"))

  private var squares: [Float]
  private var means: [Float]
  private var velocity: [Float]
  private var alpha: Decay
  private var momentum: Decay
  private var epsilon: Float

  init(layout: TensorLayout, settings: Settings) {
    alpha = Decay(settings.number("alpha"))
    momentum = Decay(settings.number("momentum"))
    epsilon = Float(settings.number("eps"))
    squares = Array(repeating: 0, count: layout.count)
    means = settings.flag("centered") ? squares : []
    velocity = momentum.beta > 0 ? squares : []
  }

  mutating func configure(_ settings: Settings) {
    alpha = Decay(settings.number("alpha"))
    momentum = Decay(settings.number("momentum"))
    epsilon = Float(settings.number("eps"))
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let (kernels, start, decay) = (Kernels(), step.range.lowerBound, step.coupledDecay)
    let g = gradients.extracting(step.range)
    let p = parameters.extracting(step.range)
    kernels.accumulateSquares(
      &squares, at: start, kept: alpha.kept, fresh: alpha.fresh, gradient: g, parameters: p,
      decay: decay)
    if !means.isEmpty {
      kernels.approach(
        &means, at: start, fresh: alpha.fresh, gradient: g, parameters: p, decay: decay)
    }
    guard !velocity.isEmpty else { return }
    kernels.normalize(
      gradient: g, parameters: p, decay: decay, squares: squares, means: means, from: start,
      kept: momentum.kept, rate: 1, epsilon: epsilon, into: &velocity, at: start)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let (kernels, rate) = (Kernels(), Float(step.rate))
    guard velocity.isEmpty else {
      kernels.scale(
        velocity.span.extracting(step.range), by: rate, into: &displacement, at: offset)
      return
    }
    kernels.normalize(
      gradient: gradients.extracting(step.range), parameters: parameters.extracting(step.range),
      decay: step.coupledDecay, squares: squares, means: means, from: step.range.lowerBound,
      kept: 0, rate: rate, epsilon: epsilon, into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) {
    squares.clear(step.range)
    if !means.isEmpty { means.clear(step.range) }
    if !velocity.isEmpty { velocity.clear(step.range) }
  }

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
    get {
      var buffers = [StateBuffer(name: "square_avg", values: squares)]
      if !means.isEmpty { buffers.append(StateBuffer(name: "grad_avg", values: means)) }
      if !velocity.isEmpty {
        buffers.append(StateBuffer(name: "momentum_buffer", values: velocity))
      }
      return buffers
    }
    set {
      for buffer in newValue {
        switch buffer.name {
        case "square_avg": squares = buffer.values
        case "grad_avg": means = buffer.values
        default: velocity = buffer.values
        }
      }
    }
  }
}
