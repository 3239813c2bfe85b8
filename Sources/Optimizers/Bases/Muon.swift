import RunModel
import TensorKernels

/// Momentum whose singular values are all pushed towards one, for the matrices inside the model.
///
/// `B ← momentum·B + (1−momentum)·G`, `U = NewtonSchulz(G + momentum·(B − G))` (without Nesterov: B),
/// `Δ = lr·c(shape)·U` (Jordan et al., 2024). Attention and MLP matrices only; everything else takes
/// AdamW steps at `auxlr`. Newton-Schulz runs in single precision, not in bfloat16.
struct Muon: GradientTransformation {
  static let isElementwise = false
  static let decayStyle = DecayStyle.beforeStep
  static let descriptor = OptimizerDescriptor(
    name: "muon", kind: .base,
    summary: "Orthogonalized momentum for matrices, AdamW for the other blocks.",
    equation: "B ← momentum·B + (1−momentum)G;  Δ = lr·c·NewtonSchulz(G + momentum(B − G))",
    paper: "Jordan et al., 2024, kellerjordan.github.io/posts/muon",
    hyperparameters: [
      .learningRate(0.02),
      .number(
        "momentum", "share of the momentum that is kept", 0.95, 0...0.9999,
        scale: .retention),
      .flag("nesterov", "looks one step ahead along the momentum", true),
      .integer("steps", "Newton-Schulz iterations", 5, 1...20),
      .choice(
        "scaling",
        "c of a rows x columns matrix: original √max(1, r/c); rms 0.2·√max(r, c); spectral √(r/c)",
        "original", ["original", "rms", "spectral"]),
      .weightDecay(0, "share of the weights lost per step, times the rate"),
    ] + auxiliarySettings, stateBytesPerElement: 4, momentum: .buffer(key: "momentum"))

  /// Settings of the AdamW steps that the other blocks take.
  static let auxiliarySettings: [Hyperparameter] = [
    .number("auxlr", "learning rate of the AdamW part", 1e-3, 0...1000, scale: .logarithmic),
    .number(
      "auxbeta1", "share of the AdamW part's first moment that is kept", 0.9, 0...0.99999,
      scale: .retention),
    .number(
      "auxbeta2", "share of its second moment that is kept", 0.999, 0...0.9999999,
      scale: .retention),
    .number("auxeps", "added to its denominator", 1e-8, 0...1, scale: .logarithmic),
  ]

  private let layout: TensorLayout
  private let parts: BlockParts
  private var momentum: Decay
  private var isNesterov: Bool
  private var auxiliaryRate: Double
  private var scaling: String
  private var buffer: [Float]
  private var auxiliary: AdamMoments
  private var orthogonalizer: NewtonSchulz

  init(layout: TensorLayout, settings: Settings) {
    self.layout = layout
    parts = BlockParts(layout) { $0.isHiddenMatrix }
    momentum = Decay(settings.number("momentum"))
    isNesterov = settings.flag("nesterov")
    auxiliaryRate = settings.number("auxlr")
    scaling = settings.text("scaling")
    buffer = Array(repeating: 0, count: parts.selectedCount)
    auxiliary = AdamMoments(
      count: parts.otherCount, beta1: settings.number("auxbeta1"),
      beta2: settings.number("auxbeta2"), epsilon: settings.number("auxeps"))
    orthogonalizer = NewtonSchulz(
      steps: settings.integer("steps"), layout.entries.filter(\.isHiddenMatrix).map(\.matrixShape))
  }

  mutating func configure(_ settings: Settings) {
    momentum = Decay(settings.number("momentum"))
    auxiliaryRate = settings.number("auxlr")
    auxiliary.configure(
      beta1: settings.number("auxbeta1"), beta2: settings.number("auxbeta2"),
      epsilon: settings.number("auxeps"))
  }

  func ownLearningRate(_ block: Int) -> Double? {
    parts.isSelected[block] ? nil : auxiliaryRate
  }

  mutating func absorb(_ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>) {
    let step = parts.shifted(step)
    guard parts.isSelected[step.block] else {
      auxiliary.absorb(step, gradients: gradients, parameters: parameters)
      return
    }
    average(
      &buffer, at: step.place.lowerBound, gradients.extracting(step.range), momentum)
  }

  mutating func displace(
    _ step: BlockStep, gradients: Span<Float>, parameters: Span<Float>,
    into displacement: inout [Float], at offset: Int
  ) {
    let step = parts.shifted(step)
    guard parts.isSelected[step.block] else {
      auxiliary.displace(step, into: &displacement, at: offset)
      return
    }
    let shape = layout.entries[step.block].matrixShape
    orthogonalize(step, gradients: gradients, into: &displacement, at: offset)
    let rate = Float(step.rate * factor(Double(shape.rows), Double(shape.columns)))
    Kernels().scale(&displacement, at: offset, count: step.range.count, by: rate)
  }

  /// `NewtonSchulz(G + momentum·(B − G))`, or of B alone, for one of the matrices.
  mutating func orthogonalize(
    _ step: BlockStep, gradients: Span<Float>, into target: inout [Float], at offset: Int
  ) {
    let step = parts.shifted(step)
    let shape = layout.entries[step.block].matrixShape
    let g = gradients.extracting(step.range)
    let look = isNesterov ? momentum.kept : 1
    Kernels().blend(
      1 - look, gradient: g, parameters: g, decay: 0, look, buffer.span.extracting(step.place),
      into: &target, at: offset)
    orthogonalizer.orthogonalize(&target, at: offset, shape.rows, shape.columns)
  }

  private func factor(_ rows: Double, _ columns: Double) -> Double {
    switch scaling {
    case "rms": 0.2 * max(rows, columns).squareRoot()
    case "spectral": (rows / columns).squareRoot()
    default: max(1, rows / columns).squareRoot()
    }
  }

  mutating func forget(_ step: BlockStep) {
    let step = parts.shifted(step)
    if parts.isSelected[step.block] {
      buffer.clear(step.place)
    } else {
      auxiliary.forget(step.place)
    }
  }

  func hasMomentum(_ block: Int) -> Bool { true }

  func copyMomentum(_ step: BlockStep, into target: inout [Float]) {
    let step = parts.shifted(step)
    if parts.isSelected[step.block] {
      target.take(buffer.span.extracting(step.place))
    } else {
      auxiliary.copyMomentum(step.place, into: &target)
    }
  }

  func alignment(_ step: BlockStep, gradients: Span<Float>) -> AlignmentSums {
    let step = parts.shifted(step)
    guard parts.isSelected[step.block] else {
      return auxiliary.alignment(step, gradients: gradients)
    }
    return AlignmentSums(
      momentum: buffer.span.extracting(step.place), gradient: gradients.extracting(step.range))
  }

  func momentumDecay(_ block: Int) -> Double {
    parts.isSelected[block] ? momentum.beta : auxiliary.first.beta
  }

  var scratchCount: Int { orthogonalizer.count }

  var state: [StateBuffer] {
    get { [StateBuffer(name: "momentum_buffer", values: buffer)] + auxiliary.state }
    set {
      buffer = newValue.first { $0.name == "momentum_buffer" }?.values ?? []
      auxiliary.state = newValue
    }
  }
}
