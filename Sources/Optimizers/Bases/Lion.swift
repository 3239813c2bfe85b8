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
    stateBytesPerElement: 4, momentum: .buffer(key: "beta2"))

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
    Kernels().absorbSigns(
      &momentum, at: step.range.lowerBound, look: first.fresh, fresh: second.fresh,
      gradient: gradients.extracting(step.range), signs: &signs,
      at: step.range.lowerBound - starts[step.block])
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let start = step.range.lowerBound - starts[step.block]
    Kernels().scale(
      signs.span.extracting(start..<start + step.range.count), by: Float(step.rate),
      into: &displacement, at: offset)
  }

  mutating func forget(_ step: BlockStep) { momentum.clear(step.range) }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    target.take(momentum.span.extracting(step.range))
  }

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
