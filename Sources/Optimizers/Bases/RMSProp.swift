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
      .number("alpha", "share of the squared-gradient average that is kept", 0.99, 0...0.99999),
      .epsilon(1e-8),
      .number("momentum", "share of the velocity that is kept", 0, 0...0.9999),
      .flag("centered", "subtracts the squared mean gradient from the average", false),
      .weightDecay(0, "L2 penalty added to the gradient"),
    ], stateBytesPerElement: 4)

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
    SpanLoops.accumulateSquares(
      &squares, at: step.range, kept: alpha.kept, fresh: alpha.fresh, gradients: gradients,
      parameters: parameters, decay: step.coupledDecay)
    if !means.isEmpty {
      SpanLoops.approach(
        &means, at: step.range, fresh: alpha.fresh, gradients: gradients, parameters: parameters,
        decay: step.coupledDecay)
    }
    guard !velocity.isEmpty else { return }
    let kept = momentum.kept
    Self.normalize(
      step, gradients, parameters, squares, means, epsilon, into: &velocity,
      at: step.range.lowerBound, kept, 1)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let rate = Float(step.rate)
    guard !velocity.isEmpty else {
      Self.normalize(
        step, gradients, parameters, squares, means, epsilon, into: &displacement, at: offset, 0,
        rate)
      return
    }
    precondition(displacement.count >= offset + step.range.count, "the displacement does not fit")
    let b = velocity.span.extracting(step.range)
    var delta = displacement.mutableSpan
    for i in b.indices { delta[unchecked: offset + i] = rate * b[unchecked: i] }
  }

  /// `x ← kept·x + rate·g/(√v + ε)`, v less the squared mean where there is one.
  private static func normalize(
    _ step: BlockStep, _ gradients: Span<Float>, _ parameters: Span<Float>, _ squares: [Float],
    _ means: [Float], _ epsilon: Float, into target: inout [Float], at offset: Int,
    _ kept: Float, _ rate: Float
  ) {
    precondition(target.count >= offset + step.range.count, "the displacement does not fit")
    let keepsOld = kept != 0
    let (decay, centering): (Float, Float) = (step.coupledDecay, means.isEmpty ? 0 : 1)
    let g = gradients.extracting(step.range)
    let p = parameters.extracting(step.range)
    let v = squares.span.extracting(step.range)
    let centers = means.isEmpty ? squares : means
    let mean = centers.span.extracting(step.range)
    var x = target.mutableSpan
    for i in g.indices {
      let gradient = g[unchecked: i] + decay * p[unchecked: i]
      let square = v[unchecked: i] - centering * (mean[unchecked: i] * mean[unchecked: i])
      let direction = gradient / (square.squareRoot() + epsilon)
      let old = keepsOld ? x[unchecked: offset + i] : 0
      x[unchecked: offset + i] = kept * old + rate * direction
    }
  }

  func hasMomentum(_ block: Int) -> Bool { !velocity.isEmpty }

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
