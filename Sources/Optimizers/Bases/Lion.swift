import RunModel
import TensorKernels

/// The sign of a momentum that looks ahead: one buffer, steps of one size.
///
/// `Δ = lr·sign(β₁m + (1−β₁)g)`, then `m ← β₂m + (1−β₂)g` (Chen et al., 2023).
struct Lion: GradientTransformation {
  static let isElementwise = true
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "lion", kind: .base, summary: "Steps by the sign of a momentum that looks ahead.",
    equation: "Δ = lr·sign(β₁m + (1−β₁)g);  m ← β₂m + (1−β₂)g",
    paper: "Chen et al., 2023, arXiv:2302.06675",
    hyperparameters: [.learningRate(1e-4), .beta1(0.9), .beta2(0.99)]
      + [.weightDecay(0, "share of the weights lost per step, times the rate")],
    stateBytesPerElement: 4)

  private var first: Decay
  private var second: Decay
  private var momentum: [Float]
  /// Signs of the block at hand: the step needs the momentum from before this gradient.
  private var signs: [Float]
  private let starts: [Int]

  init(layout: TensorLayout, settings: Settings) {
    first = Decay(settings.number("beta1"))
    second = Decay(settings.number("beta2"))
    momentum = Array(repeating: 0, count: layout.count)
    signs = Array(repeating: 0, count: layout.entries.map(\.range.count).max() ?? 0)
    starts = layout.entries.map(\.range.lowerBound)
  }

  mutating func configure(_ settings: Settings) {
    first = Decay(settings.number("beta1"))
    second = Decay(settings.number("beta2"))
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    Self.absorb(step, gradients, starts[step.block], first, second, into: &momentum, &signs)
  }

  private static func absorb(
    _ step: BlockStep, _ gradients: Span<Float>, _ blockStart: Int, _ first: Decay,
    _ second: Decay, into momentum: inout [Float], _ signs: inout [Float]
  ) {
    precondition(
      step.range.upperBound <= min(momentum.count, gradients.count)
        && step.range.upperBound - blockStart <= signs.count, "the stretch lies outside the arena")
    let (look, fresh) = (first.fresh, second.fresh)
    var m = momentum.mutableSpan
    var sign = signs.mutableSpan
    for i in step.range {
      let (old, gradient) = (m[unchecked: i], gradients[unchecked: i])
      let ahead = old + look * (gradient - old)
      sign[unchecked: i - blockStart] = ahead > 0 ? 1 : ahead < 0 ? -1 : 0
      m[unchecked: i] = old + fresh * (gradient - old)
    }
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    precondition(displacement.count >= offset + step.range.count, "the displacement does not fit")
    let rate = Float(step.rate)
    let start = step.range.lowerBound - starts[step.block]
    let sign = signs.span.extracting(start..<start + step.range.count)
    var delta = displacement.mutableSpan
    for i in sign.indices { delta[unchecked: offset + i] = rate * sign[unchecked: i] }
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    AlignmentSums(
      momentum: momentum.span.extracting(step.range), gradient: gradients.extracting(step.range))
  }

  func momentumDecay(_ block: Int) -> Double { second.beta }

  var state: [StateBuffer] {
    get { [StateBuffer(name: "exp_avg", values: momentum)] }
    set { momentum = newValue.first?.values ?? [] }
  }
}
